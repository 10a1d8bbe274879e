import { useEffect, useState } from 'preact/hooks';
import { addressOf, type RowOf } from '../../api/api.js';
import { token } from '../../api/token.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { Figure } from '../../components/figure.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { SqlButton } from '../../components/sql-button.js';
import { dateTime, day } from '../../format/time.js';
import { RejectedRecord } from '../../records/rejected-record.js';
import { ReasonList } from '../../records/reasons.js';
import { keyText, type RecordKey } from '../../records/record-key.js';
import { isTokenProblem, TokenForm, TokenNote } from '../../records/token-form.js';
import { timeZone } from '../../settings/time-zone.js';
import { candidatesOf, findSentence } from './find-sentence.js';
import { MESSAGE_GROUPS, type Message, type MessageColumn } from './message-groups.js';
import { MessageList } from './message-list.js';
import { searchText } from './search-text.js';
import '../../records/records.css';

const MESSAGE = '/api/v1/messages/{id}';
const REJECTED = '/api/v1/messages/{id}/quarantine';
type Rejected = RowOf<typeof REJECTED>;

/** Finds one message by id or message_id, and a client's messages. All of it needs the token. */
export function Find() {
  // With another token everything is asked again.
  return <Search key={token.value ?? ''} />;
}

function Search() {
  const hasToken = token.value !== null;
  const candidates = candidatesOf(searchText.value);
  const id = hasToken ? (candidates?.id ?? null) : null;
  const options = { withToken: true, live: false };
  const message = useApi<typeof MESSAGE>(id === null ? null : addressOf(MESSAGE, { id }), options);
  const rejected = useApi<typeof REJECTED>(id === null ? null : addressOf(REJECTED, { id }), options);
  const isMissing = message.problem?.kind === 'not-found';
  const problem = isMissing ? null : (message.problem ?? rejected.problem);
  const sentence = findSentence(
    {
      ...{ hasToken, candidates, problem },
      message: isMissing ? null : message.body?.data,
      rejected: rejected.body?.data.length ?? null,
    },
    (at) => dateTime(at, timeZone.value),
  );

  return (
    <PageFrame title="Find" sentence={<bdi>{sentence}</bdi>}>
      {!hasToken || isTokenProblem(problem) ? (
        <TokenForm problem={problem} />
      ) : (
        <>
          <SearchForm />
          {candidates === null ? null : (
            <>
              {id === null ? null : (
                <>
                  {isMissing ? null : (
                    <Answer path={MESSAGE} state={message} height="24rem" isPrivate>
                      {({ data }) => <MessageFields message={data} address={message.address} />}
                    </Answer>
                  )}
                  <Section title={`Rejected records with the id ${id}`}>
                    <Answer path={REJECTED} state={rejected} height="6rem" isPrivate>
                      {({ data }) => <RejectedList records={data} />}
                    </Answer>
                  </Section>
                </>
              )}
              <MessageList key={`message ${candidates.text}`} by="message_id" value={candidates.text} />
              {candidates.clientId === null ? null : (
                <MessageList key={`client ${candidates.text}`} by="client_id" value={candidates.clientId} />
              )}
            </>
          )}
          <div class="page-section">
            <TokenNote />
          </div>
        </>
      )}
    </PageFrame>
  );
}

function SearchForm() {
  const [text, setText] = useState(searchText.value);
  const current = searchText.value;
  // A message of a list may be opened without typing.
  useEffect(() => setText(current), [current]);
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        searchText.value = text;
      }}
    >
      <label class="filter">
        Id, message_id or client's id
        <input
          {...{ type: 'search', name: 'text', value: text, maxLength: 255, autocomplete: 'off', spellcheck: false }}
          dir="auto"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={candidatesOf(text) === null}>
        Find
      </button>
    </form>
  );
}

function MessageFields({ message, address }: { readonly message: Message; readonly address: string }) {
  return (
    <>
      {MESSAGE_GROUPS.map(({ title, columns }) => (
        <Section key={title} title={title}>
          <dl class="fields">
            {columns.map(([column, label]) => (
              <div key={column}>
                <dt>{label}</dt>
                <dd>
                  <Figure
                    {...{ label, column, text: textOf(message, column), value: message[column], name: 'message' }}
                  >
                    <bdi>{textOf(message, column)}</bdi>
                  </Figure>
                  {column === 'campaign_id' && message.campaign_id !== null ? (
                    <>
                      {' '}
                      <a href={`./campaign?type=${message.message_type}&id=${message.campaign_id}`}>
                        Show the campaign
                      </a>
                    </>
                  ) : null}
                </dd>
              </div>
            ))}
          </dl>
        </Section>
      ))}
      <p class="table-foot">
        <SqlButton address={address} />
      </p>
    </>
  );
}

function textOf(message: Message, column: MessageColumn): string {
  const value = message[column];
  if (value === null) return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (column === 'date') return day(String(value));
  return column.endsWith('_at') ? dateTime(String(value), timeZone.value) : String(value);
}

function RejectedList({ records }: { readonly records: readonly Rejected[] }) {
  const [shown, setShown] = useState<RecordKey | null>(null);
  if (records.length === 0) {
    return (
      <p class="secondary">
        None. Lines that could not be parsed have no id, and an id written differently, such as 12.0, is not found here.
      </p>
    );
  }
  return (
    <>
      <ul class="record-list">
        {records.map((record) => (
          <li key={`${keyText(record)} ${record.recorded_at}`}>
            <p>
              Rejected {dateTime(record.quarantined_at, timeZone.value)}: <bdi>{record.topic}</bdi>, partition{' '}
              {record.partition}, offset {record.offset}
              {record.file === null ? null : (
                <>
                  , <bdi>{record.file}</bdi> line {record.line}
                </>
              )}{' '}
              <button type="button" class="link-button" onClick={() => setShown(record)}>
                Show the original bytes
              </button>
            </p>
            <ReasonList reasons={record.reasons} />
            {shown === record ? <RejectedRecord record={record} /> : null}
          </li>
        ))}
      </ul>
      <p class="secondary">
        Topic, partition and offset are known for rejected records only: a stored row does not carry them.
      </p>
    </>
  );
}
