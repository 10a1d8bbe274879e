import { useEffect, useRef } from 'preact/hooks';
import { addressOf, type RowOf } from '../../api/api.js';
import { loadDefinitions, reasonMeanings } from '../../api/definitions.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { NoResult } from '../../components/empty.js';
import { Figure } from '../../components/figure.js';
import { DayFilter, SelectFilter, TextFilter } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { bytes, fullCount } from '../../format/number.js';
import { dateTime } from '../../format/time.js';
import { RejectedRecord } from '../../records/rejected-record.js';
import { ReasonList } from '../../records/reasons.js';
import { keyText, parseKey, type RecordKey } from '../../records/record-key.js';
import { timeZone } from '../../settings/time-zone.js';
import { filterText, quarantineSentence } from './quarantine-sentence.js';
import '../../records/records.css';

const PATH = '/api/v1/quarantine';
const CHECKS = '/api/v1/quality';
const FRESHNESS = '/api/v1/freshness';
type Row = RowOf<typeof PATH>;

const LABELS = {
  reason: 'Reason',
  column: 'Column',
  from: 'From',
  to: 'To',
  topic: 'Topic',
  partition: 'Partition',
};

/** What was rejected, why, and from which file. */
export function Quarantine() {
  useEffect(loadDefinitions, []);
  const { query, hrefOf } = useQuery();
  const { reason, column, from, to, topic, partition, cursor } = query;
  const state = useApi<typeof PATH>(addressOf(PATH, { reason, column, from, to, topic, partition, limit: 50, cursor }));
  const checks = useApi<typeof CHECKS>(addressOf(CHECKS, { check: 'quarantine', sort: '-figure' }));
  const freshness = useApi<typeof FRESHNESS>(addressOf(FRESHNESS));
  const counts = (checks.body?.data ?? []).flatMap(({ detail, figure }) =>
    figure === null || figure === 0 ? [] : [{ reason: detail, records: figure }],
  );
  const total = freshness.body?.data.quarantined_records ?? null;
  const newest = freshness.body?.data.quarantined_at ?? null;
  const record = parseKey(query.record);
  const reasons = Object.keys(reasonMeanings() ?? Object.fromEntries(counts.map((each) => [each.reason, ''])));
  const filters = filterText(query);

  const columns: readonly TableColumn<Row>[] = [
    {
      ...{ name: 'quarantined_at', label: 'Rejected', format: 'time' },
      render: (row) => (
        <a href={hrefOf({ record: keyText(row), cursor })}>{dateTime(row.quarantined_at, timeZone.value)}</a>
      ),
    },
    { name: 'reasons', label: 'Reasons', format: 'text', render: (row) => <ReasonList reasons={row.reasons} /> },
    { name: 'file', label: 'File', format: 'text' },
    { name: 'line', label: 'Line', format: 'text' },
    { name: 'topic', label: 'Topic', format: 'text' },
    { name: 'partition', label: 'Partition', format: 'text' },
    { name: 'offset', label: 'Offset', format: 'text' },
    { name: 'value_bytes', label: 'Size', format: 'text', render: (row) => bytes(row.value_bytes) },
  ];

  return (
    <PageFrame
      title="Quarantine"
      sentence={quarantineSentence(total, counts, newest === null ? null : dateTime(newest, timeZone.value))}
      detail={filters === '' ? undefined : <bdi>{filters}</bdi>}
      isLive={false}
      filters={
        <>
          <SelectFilter name="reason" label="Reason" options={reasons.map((value) => ({ value, label: value }))} />
          <TextFilter name="column" label="Column" />
          <DayFilter name="from" label="From (UTC)" max={to} />
          <DayFilter name="to" label="To (UTC)" min={from} />
          <TextFilter name="topic" label="Topic" />
          <TextFilter name="partition" label="Partition" />
        </>
      }
    >
      {record === null ? null : (
        <RecordSection key={keyText(record)} record={record} closeHref={hrefOf({ record: undefined, cursor })} />
      )}
      <Section title="Records by reason" note="A record counts once for each of its reasons.">
        <Answer path={CHECKS} state={checks} height="4rem">
          {({ data }) =>
            counts.length === 0 ? (
              <p class="secondary">No record was rejected.</p>
            ) : (
              <ul class="reason-counts">
                {data.map((row) => (
                  <li key={row.detail}>
                    <a href={hrefOf({ reason: row.detail, record: undefined })}>{row.detail}</a>{' '}
                    <Figure
                      {...{ label: row.detail, column: 'figure', value: row.figure, row, name: row.detail }}
                      text={fullCount(row.figure)}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
      </Section>
      <Section title="Records, newest first">
        <Answer path={PATH} state={state} height="24rem">
          {({ data, next }) =>
            data.length === 0 ? (
              <NoResult labels={LABELS}>{filters === '' ? 'Nothing is in quarantine.' : undefined}</NoResult>
            ) : (
              <DataTable
                {...{ caption: 'Rejected records, newest first', hideCaption: true, columns, rows: data, next }}
                rowKey={(row) => `${keyText(row)} ${row.recorded_at}`}
              />
            )
          }
        </Answer>
      </Section>
    </PageFrame>
  );
}

/** Comes into view with the focus, because the link to it is further down. */
function RecordSection({ record, closeHref }: { readonly record: RecordKey; readonly closeHref: string }) {
  const heading = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <Section
      title={
        <span ref={heading} tabIndex={-1}>
          Record <bdi>{record.topic}</bdi>, partition {record.partition}, offset {record.offset}
        </span>
      }
      note={<a href={closeHref}>Close the record</a>}
    >
      <RejectedRecord record={record} />
    </Section>
  );
}
