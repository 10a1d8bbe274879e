import type { GatewayConfig } from '../config/gateway-config.js';
import { COMPONENT_NAMES, type ComponentName } from '../system/component.js';
import { RateMeter } from '../system/rate-meter.js';
import type { SystemMonitor } from '../system/system-monitor.js';
import type { SystemState } from '../system/system-state.js';
import { secondsToClear, Trend } from '../system/trend.js';
import { Accountant, type Accounts, type MartCounts, type Topic } from './accounts.js';
import { gatewayVersion } from './gateway-version.js';
import type { ComponentReport, Lag, LatencyReport, NoLatency, PipelineState, Stage } from './pipeline-state.js';

const LATENCY_WINDOW_SECONDS = 60;

/** Combines the states of the components, and measures what none of them does: the rate of consumption, and where the lag goes. */
export class PipelineObserver {
  private readonly version = gatewayVersion();
  private readonly consuming = new RateMeter();
  private readonly lag = new Trend();
  private readonly partitions = new Map<number, Trend>();
  private readonly accountant = new Accountant();
  /** The last answer that was measured. */
  private measuredAt = 0;

  /** @param engine the engine that writes the mart. The Spark job is not in a consumer group. */
  constructor(
    private readonly monitor: SystemMonitor,
    private readonly topic: string,
    private readonly engine: GatewayConfig['PIPELINE_ENGINE'],
  ) {}

  observe(): PipelineState {
    const system = this.monitor.state;
    const { kafka, consumer_group: group, producer, postgresql, mart, spark } = system;
    const progress = this.engine === 'spark' ? bySpark(system) : byGroup(system);
    this.measure(progress);
    const { consumed, records, partitions } = progress;
    return {
      at: new Date(),
      version: this.version,
      topic: this.topic,
      engine: this.engine,
      stages: {
        produced: stage(producer.details?.records, producer.details?.records_per_second),
        consumed: stage(consumed, consumed === null ? null : this.consuming.perSecond),
        stored: stage(mart.details?.rows, mart.details?.rows_per_second),
        quarantined: stage(mart.details?.quarantined, mart.details?.quarantined_per_second),
      },
      lag: {
        ...lagOf(records, progress.seconds, records === null ? undefined : this.lag),
        partitions: partitions.map(({ partition, lag, seconds_behind: seconds }) => ({
          partition,
          ...lagOf(lag, seconds, this.partitions.get(partition)),
        })),
      },
      latency: latencyOf(system, this.engine),
      producer: {
        done: producer.details?.done ?? null,
        files: sumOf(producer.details?.files_done, producer.details?.files_open),
        rows: producer.details?.rows ?? null,
        files_done: producer.details?.files_done ?? null,
        files_open: producer.details?.files_open ?? null,
        current: producer.details?.current ?? null,
      },
      kafka: {
        brokers: kafka.details?.brokers.length ?? null,
        partitions: kafka.details?.partitions.length ?? null,
        under_replicated: kafka.details?.under_replicated ?? null,
      },
      consumers: { group: group.details?.group ?? null, members: group.details?.members.length ?? null },
      spark: {
        workers: spark.details?.master?.workers.filter(({ state }) => state === 'ALIVE').length ?? null,
        batch: spark.details?.job?.last_batch ?? null,
        lag: spark.details?.job?.lag ?? null,
      },
      mart: {
        changed_at: mart.details?.changed_at ?? null,
        ledger_pending: mart.details?.ledger_pending ?? null,
        ledger_pending_seconds: mart.details?.ledger_pending_seconds ?? null,
        rows: mart.details?.rows ?? null,
        newest_sent_at: mart.details?.newest_sent_at ?? null,
        quarantined: mart.details?.quarantined ?? null,
        quarantined_at: mart.details?.quarantined_at ?? null,
        skipped_records: mart.details?.skipped_records ?? null,
        size_bytes: postgresql.details?.size_bytes ?? null,
      },
      rejections: mart.details?.rejections ?? null,
      accounts: this.account(system, progress),
      parts: byName((name) => system[name].status),
      components: byName((name) => reportOf(system[name])),
    };
  }

  /** Once for each answer: the same value at two times would look like a standstill. */
  private measure({ consumed, records, partitions, answeredAt }: Progress): void {
    if (answeredAt === undefined || answeredAt <= this.measuredAt) return;
    this.measuredAt = answeredAt;
    if (consumed !== null) this.consuming.add(consumed, answeredAt);
    if (records !== null) this.lag.add(records, answeredAt);
    for (const { partition, lag } of partitions) {
      const trend = this.partitions.get(partition) ?? new Trend();
      this.partitions.set(partition, trend);
      trend.add(lag, answeredAt);
    }
  }

  private account({ producer, mart }: SystemState, progress: Progress): Accounts {
    const { consumed, records: waiting, answeredAt } = progress;
    const records = producer.details?.records;
    // The older of the two answers: what is known after it is known of both.
    const at = Math.min(answeredAt ?? 0, producer.answeredAt?.getTime() ?? 0);
    const topic: Topic | undefined =
      consumed === null || waiting === null || records === undefined
        ? undefined
        : { records, consumed, waiting, answeredAt: at };
    const counts: MartCounts | undefined = mart.details &&
      mart.answeredAt && {
        stored: mart.details.rows,
        quarantined: mart.details.quarantined,
        skipped: mart.details.skipped_records,
        askedAt: mart.answeredAt.getTime() - (mart.seconds ?? 0) * 1000,
        answeredAt: mart.answeredAt.getTime(),
      };
    return this.accountant.observe(topic, counts, producer.details?.rows ?? null);
  }
}

function stage(count: number | null | undefined, perSecond: number | null | undefined): Stage {
  return { count: count ?? null, per_second: perSecond ?? null };
}

function sumOf(one: number | null | undefined, other: number | null | undefined): number | null {
  return one === null || one === undefined || other === null || other === undefined ? null : one + other;
}

function lagOf<Records extends number | null>(
  records: Records,
  seconds: number | null,
  trend: Trend | undefined,
): Lag<Records> {
  const perSecond = trend?.perSecond ?? null;
  const clearSeconds = records === null ? null : secondsToClear(records, perSecond);
  return { records, seconds, records_per_second: perSecond, clear_seconds: clearSeconds };
}

function byName<Value>(valueOf: (name: ComponentName) => Value): Record<ComponentName, Value> {
  return Object.fromEntries(COMPONENT_NAMES.map((name) => [name, valueOf(name)])) as Record<ComponentName, Value>;
}

function reportOf(state: SystemState[ComponentName]): ComponentReport {
  const { status, since, answeredAt, message, action, runbook } = state;
  return {
    status,
    since,
    answered_at: answeredAt ?? null,
    message: message ?? null,
    action: action ?? null,
    runbook: runbook ?? null,
  };
}

function latencyOf({ mart: { details } }: SystemState, engine: GatewayConfig['PIPELINE_ENGINE']): LatencyReport {
  if (details?.latency) return { ...details.latency, unknown: null };
  const why = (): NoLatency => {
    if (engine === 'spark') return 'engine';
    if (!details) return 'no_answer';
    return details.has_latency ? 'no_records' : 'old_mart';
  };
  return {
    ...{ p50_seconds: null, p99_seconds: null, records: null, at: null },
    window_seconds: LATENCY_WINDOW_SECONDS,
    unknown: why(),
  };
}

/** How far the engine is. */
interface Progress {
  readonly consumed: number | null;
  /** Not processed yet. */
  readonly records: number | null;
  readonly seconds: number | null;
  readonly partitions: readonly {
    readonly partition: number;
    readonly lag: number;
    readonly seconds_behind: number | null;
  }[];
  /** ms */
  readonly answeredAt: number | undefined;
}

function byGroup({ consumer_group: { details, answeredAt } }: SystemState): Progress {
  return {
    consumed: details?.consumed ?? null,
    records: details?.lag ?? null,
    seconds: details?.seconds_behind ?? null,
    partitions: details?.partitions ?? [],
    answeredAt: answeredAt?.getTime(),
  };
}

/** The job reports its lag as one number, not by partition. */
function bySpark({ spark, producer }: SystemState): Progress {
  const records = spark.details?.job?.lag ?? null;
  const produced = producer.details?.records;
  return {
    consumed: records === null || produced === undefined ? null : Math.max(0, produced - records),
    records,
    seconds: records === 0 ? 0 : null,
    partitions: [],
    answeredAt: spark.answeredAt?.getTime(),
  };
}
