import type { ComponentChildren } from 'preact';
import type { Status } from '../../components/state-label.js';
import { duration } from '../../format/duration.js';
import { bytes, count, fullCount } from '../../format/number.js';
import { dateTime } from '../../format/time.js';
import { timeZone } from '../../settings/time-zone.js';
import type { PipelineState } from '../../stream/pipeline-stream.js';
import { Box, Facts } from './box.js';
import { causeOf } from './causes.js';
import { NO_LATENCY } from './lists.js';
import { NAMES, type ComponentName, type Report } from './words.js';

export interface PictureProps {
  readonly state: PipelineState;
  /** ms, by the gateway's clock */
  readonly now: number;
  /** The advice above the picture, which no box repeats. */
  readonly advice: string | null;
}

const whole = (value: number | null) => <span title={fullCount(value)}>{count(value)}</span>;

function causeName({ parts }: PipelineState, name: ComponentName): string | undefined {
  const cause = causeOf(parts, name);
  return cause && NAMES[cause];
}

export function FileBox({ state, now, advice }: PictureProps) {
  const { producer, components } = state;
  const { current, files, files_done: done, rows } = producer;
  const facts: [string, ComponentChildren][] = [];
  if (current !== null) facts.push(['time left', current.seconds_left === null ? '—' : duration(current.seconds_left)]);
  facts.push(
    ['files done', done === null || files === null ? '—' : `${count(done)} of ${count(files)}`],
    ['lines sent', whole(rows)],
  );
  return (
    <Box
      area="file"
      title="File"
      report={components.producer}
      cause={causeName(state, 'producer')}
      now={now}
      advice={advice}
    >
      {current === null ? (
        <p class="flow-file secondary">
          {producer.done === null ? 'not known' : producer.done ? 'all files are sent' : 'no file is open'}
        </p>
      ) : (
        <>
          <p class="flow-file" title={current.file}>
            <bdi>{current.file}</bdi>
          </p>
          {current.progress === null ? (
            <p class="secondary">progress not known</p>
          ) : (
            <p class="flow-progress">
              <progress value={current.progress} max={1} aria-label={`Progress of ${current.file}`} />{' '}
              {Math.floor(current.progress * 100)} %
            </p>
          )}
        </>
      )}
      <Facts facts={facts} />
    </Box>
  );
}

export function KafkaBox({ state: { kafka, lag, stages, components }, now, advice }: PictureProps) {
  return (
    <Box area="kafka" title="Kafka" report={components.kafka} now={now} advice={advice}>
      <Facts
        facts={[
          ['waiting', whole(lag.records)],
          ['records', whole(stages.produced.count)],
          ['partitions', count(kafka.partitions)],
          ['brokers', count(kafka.brokers)],
        ]}
      />
    </Box>
  );
}

export function ConsumerBox({ state, now, advice }: PictureProps) {
  const { consumers, latency, components } = state;
  const unknown = latency.unknown === null ? undefined : NO_LATENCY[latency.unknown];
  return (
    <Box
      area="engine"
      title="Consumer"
      report={components.consumer_group}
      cause={causeName(state, 'consumer_group')}
      now={now}
      advice={advice}
    >
      <Facts
        facts={[
          ['running', count(consumers.members)],
          ['latency p50', <span title={unknown}>{duration(latency.p50_seconds)}</span>],
          ['latency p99', <span title={unknown}>{duration(latency.p99_seconds)}</span>],
        ]}
      />
    </Box>
  );
}

export function MartBox({ state: { mart, components }, now, advice }: PictureProps) {
  const report = martReport(components);
  return (
    <Box area="mart" title="Mart" href="./overview" report={report} now={now} advice={advice}>
      <Facts
        facts={[
          ['rows', whole(mart.rows)],
          ['changed', mart.changed_at === null ? '—' : agoOf(mart.changed_at, now)],
          ['data to', mart.newest_sent_at === null ? '—' : dateTime(mart.newest_sent_at, timeZone.value).slice(0, 10)],
          ['size', bytes(mart.size_bytes)],
        ]}
      />
    </Box>
  );
}

const SEVERITY: Readonly<Record<Status, number>> = { down: 2, degraded: 1, up: 0, absent: 0 };

/** The mart is in PostgreSQL: the worse of the two speaks, and PostgreSQL if both are down, because it is the cause. */
function martReport({ postgresql, mart }: PipelineState['components']): Report {
  const difference = SEVERITY[postgresql.status] - SEVERITY[mart.status];
  return difference > 0 || (difference === 0 && postgresql.status === 'down') ? postgresql : mart;
}

function agoOf(at: string, now: number): string {
  const seconds = Math.max(0, now - Date.parse(at)) / 1000;
  return `${duration(seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds))} ago`;
}

export function QuarantineBox({ state: { mart } }: { readonly state: PipelineState }) {
  return (
    <Box area="quarantine" title="Quarantine" href="./quarantine" what="rejected, with reasons">
      <Facts
        facts={[
          ['records', whole(mart.quarantined)],
          ['never read', whole(mart.skipped_records)],
        ]}
      />
    </Box>
  );
}

export function LedgerBox({ state: { mart } }: { readonly state: PipelineState }) {
  return (
    <Box area="ledger" title="Ledger" what="sums that the views read">
      <Facts
        facts={[
          ['not folded', whole(mart.ledger_pending)],
          ['oldest', duration(mart.ledger_pending_seconds)],
        ]}
      />
    </Box>
  );
}

export function SparkBox({
  state: { spark, components },
  now,
  advice,
  area,
}: PictureProps & { readonly area: string }) {
  if (components.spark.status === 'absent') {
    return <Box area={area} title="Spark" status="absent" what="second engine" />;
  }
  return (
    <Box area={area} title="Spark" report={components.spark} now={now} advice={advice}>
      <Facts
        facts={[
          ['waiting', whole(spark.lag)],
          ['workers', count(spark.workers)],
          [
            'last batch',
            spark.batch === null ? '—' : `${count(spark.batch.records)} in ${duration(spark.batch.seconds)}`,
          ],
        ]}
      />
    </Box>
  );
}

export function GatewayBox({ state: { version } }: { readonly state: PipelineState }) {
  return (
    <Box area="gateway" title="Gateway" href="./docs" what="reads all of these">
      <Facts facts={[['version', version]]} />
    </Box>
  );
}
