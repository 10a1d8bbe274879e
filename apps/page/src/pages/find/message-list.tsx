import { useState } from 'preact/hooks';
import { addressOf, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { Section } from '../../components/page-frame.js';
import { SlowQuestion } from '../../components/slow-question.js';
import { searchText } from './search-text.js';

const PATH = '/api/v1/messages';
type Row = RowOf<typeof PATH>;

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    ...{ name: 'id', label: 'Id', format: 'text' },
    render: ({ id }) => (
      <button type="button" class="link-button" onClick={() => (searchText.value = id)}>
        {id}
      </button>
    ),
  },
  { name: 'sent_at', label: 'Sent', format: 'time' },
  { name: 'channel', label: 'Channel', format: 'text' },
  { name: 'message_type', label: 'Type', format: 'text' },
  { name: 'campaign_id', label: 'Campaign', format: 'text' },
  { name: 'client_id', label: 'Client', format: 'text' },
  { name: 'is_opened', label: 'Opened', format: 'text', render: ({ is_opened }) => yesOrNo(is_opened) },
  { name: 'is_clicked', label: 'Clicked', format: 'text', render: ({ is_clicked }) => yesOrNo(is_clicked) },
  { name: 'is_purchased', label: 'Purchased', format: 'text', render: ({ is_purchased }) => yesOrNo(is_purchased) },
];

interface MessageListProps {
  readonly by: 'message_id' | 'client_id';
  readonly value: string;
}

/** Messages by a column without an index: reads all rows, so it is asked by hand. Its pages are not in the page's address. */
export function MessageList({ by, value }: MessageListProps) {
  const [isAsked, setAsked] = useState(false);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const address = isAsked ? addressOf(PATH, { [by]: value, cursor }) : null;
  const state = useApi<typeof PATH>(address, { withToken: true, live: false });
  const title = by === 'client_id' ? `Messages of client ${value}` : `Messages with the message_id ${value}`;
  return (
    <Section title={<bdi>{title}</bdi>}>
      {isAsked ? (
        <Answer path={PATH} state={state} height="8rem" isPrivate>
          {({ data, next }) =>
            data.length === 0 ? (
              <p role="status">
                {by === 'client_id'
                  ? 'No message in the mart was sent to this client.'
                  : 'No message has this message_id.'}
              </p>
            ) : (
              <>
                <DataTable
                  caption={title}
                  hideCaption
                  columns={COLUMNS.filter(({ name }) => name !== by)}
                  rows={data}
                  rowKey={({ id }) => id}
                />
                <Pages {...{ next, isFirst: cursor === undefined, go: setCursor }} />
              </>
            )
          }
        </Answer>
      ) : (
        <SlowQuestion
          label={by === 'client_id' ? 'Find the messages of this client' : 'Find messages with this message_id'}
          onAsk={() => setAsked(true)}
          isAsking={false}
        />
      )}
    </Section>
  );
}

interface PagesProps {
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly go: (cursor: string | undefined) => void;
}

function Pages({ next, isFirst, go }: PagesProps) {
  const cursor = next === null ? null : new URLSearchParams(next.slice(next.indexOf('?'))).get('cursor');
  if (isFirst && cursor === null) return null;
  return (
    <p class="pages">
      <button type="button" class="button" disabled={isFirst} onClick={() => go(undefined)}>
        First page
      </button>
      <button type="button" class="button" disabled={cursor === null} onClick={() => go(cursor ?? undefined)}>
        Next page
      </button>
    </p>
  );
}
