import { addressOf, type RowOf } from '../api/api.js';
import { token } from '../api/token.js';
import { useApi } from '../api/use-api.js';
import { Answer } from '../components/answer.js';
import { Copy } from '../components/copy.js';
import { Figure } from '../components/figure.js';
import { SqlButton } from '../components/sql-button.js';
import { bytes, fullCount } from '../format/number.js';
import { dateTime } from '../format/time.js';
import { timeZone } from '../settings/time-zone.js';
import { keyText, type RecordKey } from './record-key.js';
import { ReasonMeanings } from './reasons.js';
import { isTokenProblem, TokenForm, TokenNote } from './token-form.js';

const PATH = '/api/v1/quarantine/{topic}/{partition}/{offset}';
type Row = RowOf<typeof PATH>;
type Bytes = NonNullable<Row['value']>;

/** One rejected record with its original bytes, which need the token. */
export function RejectedRecord({ record }: { readonly record: RecordKey }) {
  // Without a token nothing is asked, so that nothing is refused.
  if (token.value === null) return <TokenForm />;
  return <WithToken key={`${keyText(record)} ${token.value}`} record={record} />;
}

function WithToken({ record }: { readonly record: RecordKey }) {
  const { topic, partition, offset } = record;
  const state = useApi<typeof PATH>(addressOf(PATH, { topic, partition, offset }), { withToken: true, live: false });
  if (isTokenProblem(state.problem)) return <TokenForm problem={state.problem} />;
  if (state.problem?.kind === 'not-found') {
    return (
      <p class="note" role="status">
        The quarantine has no record at this offset. It may have been removed.
      </p>
    );
  }
  return (
    <Answer path={PATH} state={state} height="16rem" isPrivate>
      {({ data }) => (
        <div class="record">
          <dl class="fields">
            <Field row={data} column="topic" label="Topic" text={data.topic} />
            <Field row={data} column="partition" label="Partition" text={fullCount(data.partition)} />
            <Field row={data} column="offset" label="Offset" text={String(data.offset)} />
            <Field row={data} column="recorded_at" label="In Kafka" text={dateTime(data.recorded_at, timeZone.value)} />
            <Field
              {...{ row: data, column: 'quarantined_at', label: 'In quarantine' }}
              text={dateTime(data.quarantined_at, timeZone.value)}
            />
            <Field row={data} column="file" label="File" text={data.file ?? '—'} />
            <Field row={data} column="line" label="Line" text={data.line ?? '—'} />
            <Field row={data} column="value_bytes" label="Size" text={bytes(data.value_bytes)} />
          </dl>
          {data.file === null ? (
            <p class="secondary">
              File and line are known for lines that could not be parsed only; other records do not carry them.
            </p>
          ) : null}
          <h3>Reasons</h3>
          <ReasonMeanings reasons={data.reasons} />
          <OriginalBytes title="Value" content={data.value} />
          <OriginalBytes title="Key" content={data.key} />
          {Object.keys(data.headers).length === 0 ? null : (
            <>
              <h3>Headers</h3>
              <pre class="bytes" tabIndex={0} aria-label="Headers" dir="auto">
                {JSON.stringify(data.headers, null, 2)}
              </pre>
            </>
          )}
          {data.original === null ? null : (
            <>
              <h3>What time and headers cannot hold</h3>
              <pre class="bytes" tabIndex={0} aria-label="Original" dir="auto">
                {JSON.stringify(data.original, null, 2)}
              </pre>
            </>
          )}
          <p>
            <SqlButton address={state.address} />
          </p>
          <TokenNote />
        </div>
      )}
    </Answer>
  );
}

function Field(props: {
  readonly row: Row;
  readonly column: keyof Row;
  readonly label: string;
  readonly text: string;
}) {
  const { row, column, label, text } = props;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Figure {...{ label, column, text }} value={row[column] as string | number | null} name="record">
          <bdi>{text}</bdi>
        </Figure>
      </dd>
    </div>
  );
}

/** Bytes as text if they are UTF-8, else as base64. */
function OriginalBytes({ title, content }: { readonly title: string; readonly content: Bytes | null }) {
  if (content === null) {
    return (
      <>
        <h3>{title}</h3>
        <p class="secondary">The record has none.</p>
      </>
    );
  }
  const { text, base64 } = content;
  return (
    <>
      <h3>{title}</h3>
      <p class="secondary">{text === null ? 'Not UTF-8, so it is shown in base64.' : 'Original bytes, as UTF-8.'}</p>
      <pre class="bytes" tabIndex={0} aria-label={title} dir="auto">
        {text ?? base64}
      </pre>
      <Copy text={text ?? base64} label={`Copy the ${title.toLowerCase()}`} />
    </>
  );
}
