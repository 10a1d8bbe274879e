import type { ComponentChildren } from 'preact';
import { Sparkline } from '../../charts/sparkline.js';
import { StateLabel, type Status } from '../../components/state-label.js';
import { duration } from '../../format/duration.js';
import { bytes, count, fullCount, perSecond } from '../../format/number.js';
import { dateTime, since } from '../../format/time.js';
import { timeZone } from '../../settings/time-zone.js';
import { samples, type PipelineState } from '../../stream/pipeline-stream.js';
import type { SampleName } from '../../stream/recent-samples.js';
import { causeOf } from './causes.js';
import { column, NO_LATENCY } from './lists.js';
import { Runbook } from './runbook.js';
import { asSentence, isPlain, NAMES, plainFault, type ComponentName, type Report } from './words.js';

interface PictureProps {
  readonly state: PipelineState;
  /** ms */
  readonly now: number;
}

/** From the file to the mart: each part with its state, each edge with its rate. Runs downwards on a narrow screen. */
export function FlowPicture({ state, now }: PictureProps) {
  const { stages } = state;
  const isConsumed = state.engine !== 'spark';
  return (
    <ol class="flow" aria-label="The flow of the records" data-engine={state.engine}>
      <FileBox state={state} now={now} />
      <Edge area="to-kafka" to="Kafka" rate={stages.produced.per_second} name="produced" unit="records" />
      <KafkaBox state={state} now={now} />
      {isConsumed ? (
        <>
          <Edge area="to-engine" to="the consumer" rate={stages.consumed.per_second} name="consumed" unit="records" />
          <ConsumerBox state={state} now={now} />
        </>
      ) : (
        <>
          <Edge area="to-engine" to="Spark" rate={stages.consumed.per_second} name="consumed" unit="records" />
          <SparkBox state={state} now={now} area="engine" />
        </>
      )}
      <Edge area="to-mart" to="the mart" rate={stages.stored.per_second} name="stored" unit="rows" />
      <MartBox state={state} now={now} />
      <Edge
        {...{ area: 'to-quarantine', to: 'quarantine', rate: stages.quarantined.per_second, name: 'quarantined' }}
        unit="records"
        isDown
      />
      <QuarantineBox state={state} />
      <li class="flow-edge is-down" style={{ gridArea: 'to-ledger' }}>
        <span class="flow-rate secondary">counts</span>
        <span class="flow-arrow" aria-hidden="true" />
      </li>
      <LedgerBox state={state} />
      {isConsumed ? <SparkBox state={state} now={now} area="spark" /> : null}
      <GatewayBox state={state} />
    </ol>
  );
}

interface EdgeProps {
  readonly area: string;
  readonly to: string;
  readonly rate: number | null;
  readonly name: SampleName;
  readonly unit: string;
  readonly isDown?: boolean;
}

function Edge({ area, to, rate, name, unit, isDown = false }: EdgeProps) {
  const values = column(samples.value, name);
  return (
    <li class={`flow-edge ${isDown ? 'is-down' : ''}`} style={{ gridArea: area }}>
      <span class="visually-hidden">To {to}: </span>
      <span class="flow-rate" data-rate={name}>
        {perSecond(rate)}
      </span>
      <span class="flow-arrow" aria-hidden="true" />
      <Sparkline
        values={values}
        title={`${unit} per second to ${to}, last five minutes`}
        write={(value) => perSecond(value)}
      />
    </li>
  );
}

interface BoxProps {
  readonly area: string;
  readonly title: string;
  readonly href?: string;
  readonly status?: Status;
  readonly report?: Report;
  /** The component that it is down because of, by its name on the page. */
  readonly cause?: string | undefined;
  readonly now?: number;
  /** What it is, for parts that no component reports on. */
  readonly what?: string;
  readonly children?: ComponentChildren;
}

function Box({ area, title, href, report, status = report?.status, cause, now = 0, what, children }: BoxProps) {
  return (
    <li class={`flow-box ${status === undefined ? '' : `flow-${status}`}`} style={{ gridArea: area }} data-box={area}>
      <div class="flow-head">
        <h2>{href === undefined ? title : <a href={href}>{title}</a>}</h2>
        {status === undefined ? null : <StateLabel status={status} />}
      </div>
      {what === undefined ? null : <p class="flow-since">{what}</p>}
      {report === undefined || status === 'absent' ? null : (
        <p class="flow-since">{since(report.since, timeZone.value, now)}</p>
      )}
      {children}
      {cause !== undefined ? (
        <p class="flow-fault">Not known while {cause} is down.</p>
      ) : report === undefined ? null : (
        <Fault report={report} />
      )}
    </li>
  );
}

/** What is wrong and what to do; nothing while all is well. */
function Fault({ report: { status, message, action, runbook } }: { readonly report: Report }) {
  if (status === 'up' || (message === null && action === null)) return null;
  const plain = status === 'down' && isPlain(message) ? `It ${plainFault(message)}.` : null;
  return (
    <div class="flow-fault">
      {message === null ? null : <p>{plain === null ? asSentence(message) : <span title={message}>{plain}</span>}</p>}
      {action === null ? null : (
        <p>
          {action} <Runbook section={runbook} text={action} />
        </p>
      )}
    </div>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="flow-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const whole = (value: number | null) => <span title={fullCount(value)}>{count(value)}</span>;

function causeName({ parts }: PipelineState, name: ComponentName): string | undefined {
  const cause = causeOf(parts, name);
  return cause && NAMES[cause];
}

function FileBox({ state, now }: PictureProps) {
  const { producer, components } = state;
  const { current, files, files_done: done, rows } = producer;
  const facts: [string, ComponentChildren][] = [];
  if (current !== null) facts.push(['time left', current.seconds_left === null ? '—' : duration(current.seconds_left)]);
  facts.push(
    ['files done', done === null || files === null ? '—' : `${count(done)} of ${count(files)}`],
    ['lines sent', whole(rows)],
  );
  return (
    <Box area="file" title="File" report={components.producer} cause={causeName(state, 'producer')} now={now}>
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

function KafkaBox({ state: { kafka, lag, stages, components }, now }: PictureProps) {
  return (
    <Box area="kafka" title="Kafka" report={components.kafka} now={now}>
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

function ConsumerBox({ state, now }: PictureProps) {
  const { consumers, latency, components } = state;
  const unknown = latency.unknown === null ? undefined : NO_LATENCY[latency.unknown];
  return (
    <Box
      area="engine"
      title="Consumer"
      report={components.consumer_group}
      cause={causeName(state, 'consumer_group')}
      now={now}
    >
      <Facts
        facts={[
          ['running', count(consumers.members)],
          ['p50 to the mart', <span title={unknown}>{duration(latency.p50_seconds)}</span>],
          ['p99 to the mart', <span title={unknown}>{duration(latency.p99_seconds)}</span>],
        ]}
      />
    </Box>
  );
}

function MartBox({ state: { mart, components }, now }: PictureProps) {
  const report = martReport(components);
  return (
    <Box area="mart" title="Mart" href="./overview" report={report} now={now}>
      <Facts
        facts={[
          ['rows', whole(mart.rows)],
          ['changed', mart.changed_at === null ? '—' : agoOf(mart.changed_at, now)],
          [
            'newest sent',
            mart.newest_sent_at === null ? '—' : dateTime(mart.newest_sent_at, timeZone.value).slice(0, 10),
          ],
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

function QuarantineBox({ state: { mart } }: { readonly state: PipelineState }) {
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

function LedgerBox({ state: { mart } }: { readonly state: PipelineState }) {
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

function SparkBox({ state: { spark, components }, now, area }: PictureProps & { readonly area: string }) {
  if (components.spark.status === 'absent') {
    return <Box area={area} title="Spark" status="absent" what="second engine" />;
  }
  return (
    <Box area={area} title="Spark" report={components.spark} now={now}>
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

function GatewayBox({ state: { version } }: { readonly state: PipelineState }) {
  return (
    <Box area="gateway" title="Gateway" href="./docs" what="reads all of these">
      <Facts facts={[['version', version]]} />
    </Box>
  );
}
