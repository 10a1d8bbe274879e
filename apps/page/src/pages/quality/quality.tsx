import { useState } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { Answer } from '../../components/answer.js';
import { DataTable, FEW, type TableColumn } from '../../components/data-table.js';
import { FirstRun } from '../../components/empty.js';
import { Figure } from '../../components/figure.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { SlowQuestion } from '../../components/slow-question.js';
import { useSource } from '../../components/source.js';
import { SqlButton } from '../../components/sql-button.js';
import { duration } from '../../format/duration.js';
import { count, fullCount, percent } from '../../format/number.js';
import { CHECKS, cleanOf, findingsOf, groupsOf, messagesOf, openRanges, SLOW_CHECKS } from './checks.js';
import { qualitySentence } from './quality-sentence.js';
import '../../records/records.css';

const PATH = '/api/v1/quality';
const SKIPPED = '/api/v1/skipped-records';
type Row = RowOf<typeof PATH>;
type Skipped = RowOf<typeof SKIPPED>;

const keyOf = ({ check_name, detail }: Row) => `${check_name} ${detail}`;

const FIGURES: readonly TableColumn<Row>[] = [
  { name: 'figure', label: 'Affected', format: 'count' },
  { name: 'of_total', label: 'Of', format: 'count' },
  { name: 'share', label: 'Share', format: 'rate' },
];

const MISSING: readonly TableColumn<Row>[] = [{ name: 'detail', label: 'Column', format: 'text' }, ...FIGURES];

const SKIPPED_COLUMNS: readonly TableColumn<Skipped>[] = [
  { name: 'noticed_at', label: 'Noticed', format: 'time' },
  { name: 'reason', label: 'Reason', format: 'text' },
  { name: 'topic', label: 'Topic', format: 'text' },
  { name: 'partition', label: 'Partition', format: 'text' },
  { name: 'from_offset', label: 'From offset', format: 'text' },
  { name: 'to_offset', label: 'Up to, without', format: 'text' },
  { name: 'resolved_at', label: 'Resolved', format: 'time' },
];

/** Which checks found something in the data, and what to do about it. */
export function Quality() {
  const state = useApi<typeof PATH>(addressOf(PATH, { limit: 1000 }));
  const skipped = useApi<typeof SKIPPED>(addressOf(SKIPPED, { limit: 100 }));
  const rows = state.body?.data ?? null;
  const ranges = skipped.body?.data ?? null;
  return (
    <PageFrame
      title="Quality"
      sentence={qualitySentence(rows, ranges)}
      isLive={false}
      detail={rows === null || messagesOf(rows) === 0 ? undefined : <Detail rows={rows} />}
    >
      <Answer path={PATH} state={state} height="30rem">
        {({ data }) =>
          messagesOf(data) === 0 ? (
            <FirstRun />
          ) : (
            <>
              <Findings rows={data} />
              <Ages rows={data} />
            </>
          )
        }
      </Answer>
      <Section
        title="Skipped records"
        note="Ranges of Kafka records that no consumer read. Empty is good: every record was read."
      >
        <Answer path={SKIPPED} state={skipped} height="4rem">
          {({ data }) =>
            data.length === 0 ? (
              <p class="secondary">None.</p>
            ) : (
              <>
                {openRanges(data).length > 0 ? (
                  <p class="note">
                    Start with RecordsSkipped or UnreadRecordsDeleted in <code>docs/runbook.md</code>: it says how to
                    read them after all, or how to mark them as resolved.
                  </p>
                ) : null}
                <DataTable
                  {...{
                    caption: 'Skipped records, newest first',
                    hideCaption: true,
                    columns: SKIPPED_COLUMNS,
                    rows: data,
                  }}
                  rowKey={(row) => `${row.consumer_group} ${row.topic_id} ${row.partition} ${row.from_offset}`}
                />
              </>
            )
          }
        </Answer>
      </Section>
      {SLOW_CHECKS.map((check) => (
        <SlowCheck key={check} check={check} />
      ))}
      {rows === null || messagesOf(rows) === 0 ? null : (
        <Answer path={PATH} state={state}>
          {({ data }) => <MissingValues rows={data} />}
        </Answer>
      )}
    </PageFrame>
  );
}

function Detail({ rows }: { readonly rows: readonly Row[] }) {
  const rejected = rows.filter(({ check_name }) => check_name === 'quarantine');
  return (
    <p>
      {fullCount(messagesOf(rows))} messages were checked; {fullCount(cleanOf(rows))} checks found nothing.{' '}
      {rejected.length === 0 ? 'No record was rejected.' : <a href="./quarantine">See the rejected records.</a>}
    </p>
  );
}

function Findings({ rows }: { readonly rows: readonly Row[] }) {
  const source = useSource();
  const groups = groupsOf(findingsOf(rows));
  return (
    <Section title="Findings, the most frequent first">
      {groups.length === 0 ? (
        <p class="secondary">None.</p>
      ) : (
        <>
          <table class="table findings">
            <thead>
              <tr>
                <th scope="col">Found</th>
                <th scope="col" class="number">
                  Affected
                </th>
                <th scope="col" class="number is-extra">
                  Of
                </th>
                <th scope="col" class="number">
                  Share
                </th>
              </tr>
            </thead>
            {groups.map(({ check, rows: found }) => (
              <tbody key={check}>
                <tr>
                  <th scope="rowgroup" colSpan={4}>
                    <strong>{CHECKS[check]?.title ?? check}.</strong>{' '}
                    <span class="secondary">{CHECKS[check]?.action}</span>
                  </th>
                </tr>
                {found.map((row) => (
                  <Finding key={row.detail} row={row} />
                ))}
              </tbody>
            ))}
          </table>
          {source === null ? null : (
            <p class="table-foot table-links">
              <a href={gatewayUrl(inFormat(source.address, 'csv'))} download="quality.csv">
                CSV
              </a>
              <SqlButton address={source.address} />
              <a href={gatewayUrl(source.address)} target="_blank" rel="noreferrer">
                REST
              </a>
            </p>
          )}
        </>
      )}
    </Section>
  );
}

function Finding({ row }: { readonly row: Row }) {
  const figures = [
    { column: 'figure', label: 'Affected', value: row.figure, text: count(row.figure) },
    { column: 'of_total', label: 'Of', value: row.of_total, text: count(row.of_total) },
    { column: 'share', label: 'Share', value: row.share, text: percent(row.share) },
  ] as const;
  return (
    <tr class={row.of_total !== null && row.of_total < FEW ? 'is-few' : undefined}>
      <th scope="row">
        <bdi>{row.detail}</bdi>
      </th>
      {figures.map((figure) => (
        <td key={figure.column} class={figure.column === 'of_total' ? 'number is-extra' : 'number'}>
          <Figure {...figure} row={row} name={keyOf(row)} />
        </td>
      ))}
    </tr>
  );
}

/** Columns of messages without a value: usually nothing is wrong, so they come last. */
function MissingValues({ rows }: { readonly rows: readonly Row[] }) {
  const missing = rows
    .filter(({ check_name, figure }) => check_name === 'null' && figure !== null && figure > 0)
    .sort((one, other) => (other.figure ?? 0) - (one.figure ?? 0));
  return (
    <Section
      title="Columns without a value"
      note="Most are expected: a message that was not opened has no time of opening."
    >
      {missing.length === 0 ? (
        <p class="secondary">None.</p>
      ) : (
        <DataTable
          {...{ caption: 'Columns without a value', hideCaption: true, columns: MISSING, rows: missing, rowKey: keyOf }}
        />
      )}
    </Section>
  );
}

function Ages({ rows }: { readonly rows: readonly Row[] }) {
  const ages = rows.filter(({ check_name }) => check_name === 'freshness');
  return (
    <Section title="Freshness">
      <dl class="fields">
        {ages.map((row) => (
          <div key={row.detail}>
            <dt>{row.detail.replace('seconds since', 'since')}</dt>
            <dd>
              <Figure
                {...{ label: row.detail, column: 'figure', value: row.figure, row, name: row.detail }}
                text={row.figure === null ? '— never' : duration(row.figure)}
              />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** A check that reads all rows, asked by hand. */
function SlowCheck({ check }: { readonly check: (typeof SLOW_CHECKS)[number] }) {
  const [isAsked, setAsked] = useState(false);
  const state = useApi<typeof PATH>(isAsked ? addressOf(PATH, { check }) : null, { live: false });
  const { title = check, action } = CHECKS[check] ?? {};
  return (
    <Section title={title} note={action}>
      {state.body === null && state.problem === null ? (
        <SlowQuestion label="Check all messages" onAsk={() => setAsked(true)} isAsking={state.isLoading && isAsked} />
      ) : (
        <Answer path={PATH} state={state} height="4rem">
          {({ data }) =>
            data.length === 0 ? (
              <p class="secondary">There are no messages to check.</p>
            ) : (
              <DataTable {...{ caption: title, hideCaption: true, columns: MISSING, rows: data, rowKey: keyOf }} />
            )
          }
        </Answer>
      )}
    </Section>
  );
}
