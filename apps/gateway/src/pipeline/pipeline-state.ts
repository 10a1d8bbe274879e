import type { GatewayConfig } from '../config/gateway-config.js';
import { COMPONENT_NAMES, type ComponentName, type ComponentStatus } from '../system/component.js';
import { RateMeter } from '../system/rate-meter.js';
import type { SystemMonitor } from '../system/system-monitor.js';
import type { SystemState } from '../system/system-state.js';

export interface Stage {
  /** Since the topic or the mart was created; null while the component that provides it does not respond. */
  readonly count: number | null;
  readonly per_second: number | null;
}

/** The pipeline at one moment: count and rate of each stage, and the lag. */
export interface PipelineState {
  readonly at: Date;
  readonly topic: string;
  readonly stages: {
    /** Records in the topic. */
    readonly produced: Stage;
    /** Records that the engine has processed. */
    readonly consumed: Stage;
    /** Rows of the mart. */
    readonly stored: Stage;
    /** Records in quarantine. */
    readonly quarantined: Stage;
  };
  readonly lag: {
    readonly records: number | null;
    /** Age of the oldest unprocessed record; null if unknown. */
    readonly seconds: number | null;
    readonly partitions: readonly {
      readonly partition: number;
      readonly records: number;
      readonly seconds: number | null;
    }[];
  };
  readonly producer: { readonly done: boolean | null; readonly files: number | null; readonly rows: number | null };
  readonly mart: { readonly changed_at: Date | null; readonly ledger_pending: number | null };
  readonly parts: Readonly<Record<ComponentName, ComponentStatus>>;
}

/** Combines the states of the components, and measures the rate of consumption, which no component does. */
export class PipelineObserver {
  private readonly consuming = new RateMeter();

  /** @param engine the engine that writes the mart. The Spark job is not in a consumer group. */
  constructor(
    private readonly monitor: SystemMonitor,
    private readonly topic: string,
    private readonly engine: GatewayConfig['PIPELINE_ENGINE'],
  ) {}

  /** Call it once a second, so that the rate covers ten seconds. */
  observe(): PipelineState {
    const system = this.monitor.state;
    const { producer, mart } = system;
    const { consumed, lag } = this.engine === 'spark' ? bySpark(system) : byGroup(system);
    const now = Date.now();
    if (consumed !== null) this.consuming.add(consumed, now);
    return {
      at: new Date(now),
      topic: this.topic,
      stages: {
        produced: stage(producer.details?.records, producer.details?.records_per_second),
        consumed: stage(consumed, consumed === null ? null : this.consuming.perSecond),
        stored: stage(mart.details?.rows, mart.details?.rows_per_second),
        quarantined: stage(mart.details?.quarantined, mart.details?.quarantined_per_second),
      },
      lag,
      producer: {
        done: producer.details?.done ?? null,
        files: producer.details?.files?.length ?? null,
        rows: producer.details?.rows ?? null,
      },
      mart: {
        changed_at: mart.details?.changed_at ?? null,
        ledger_pending: mart.details?.ledger_pending ?? null,
      },
      parts: Object.fromEntries(COMPONENT_NAMES.map((name) => [name, system[name].status])) as Record<
        ComponentName,
        ComponentStatus
      >,
    };
  }
}

function stage(count: number | null | undefined, perSecond: number | null | undefined): Stage {
  return { count: count ?? null, per_second: perSecond ?? null };
}

type Progress = Pick<PipelineState, 'lag'> & { readonly consumed: number | null };

function byGroup({ consumer_group: { details } }: SystemState): Progress {
  return {
    consumed: details?.consumed ?? null,
    lag: {
      records: details?.lag ?? null,
      seconds: details?.seconds_behind ?? null,
      partitions: (details?.partitions ?? []).map(({ partition, lag, seconds_behind: seconds }) => ({
        partition,
        records: lag,
        seconds,
      })),
    },
  };
}

/** The job reports its lag as one number, not by partition. */
function bySpark({ spark, producer }: SystemState): Progress {
  const records = spark.details?.job?.lag ?? null;
  const produced = producer.details?.records;
  return {
    consumed: records === null || produced === undefined ? null : Math.max(0, produced - records),
    lag: { records, seconds: records === 0 ? 0 : null, partitions: [] },
  };
}
