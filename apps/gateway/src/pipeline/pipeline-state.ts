import type { GatewayConfig } from '../config/gateway-config.js';
import { PART_NAMES, type PartName, type PartStatus } from '../system/part.js';
import { RateMeter } from '../system/rate-meter.js';
import type { SystemMonitor } from '../system/system-monitor.js';
import type { SystemState } from '../system/system-state.js';

export interface Stage {
  /** Since the topic, or the mart, was made; null while the part that knows it does not answer. */
  readonly count: number | null;
  readonly per_second: number | null;
}

/** The pipeline at one moment: how much came through each stage, how fast, and what waits in between. */
export interface PipelineState {
  readonly at: Date;
  readonly topic: string;
  readonly stages: {
    /** Records in the topic. */
    readonly produced: Stage;
    /** Records that the engine has dealt with. */
    readonly consumed: Stage;
    /** Rows of the mart. */
    readonly stored: Stage;
    /** Records in quarantine. */
    readonly quarantined: Stage;
  };
  readonly lag: {
    readonly records: number | null;
    /** Age of the oldest record that waits; null where it is not known. */
    readonly seconds: number | null;
    readonly partitions: readonly {
      readonly partition: number;
      readonly records: number;
      readonly seconds: number | null;
    }[];
  };
  readonly producer: { readonly done: boolean | null; readonly files: number | null; readonly rows: number | null };
  readonly mart: { readonly changed_at: Date | null; readonly ledger_pending: number | null };
  readonly parts: Readonly<Record<PartName, PartStatus>>;
}

/** Puts together what the parts say; counts how fast records are consumed, which no part does. */
export class PipelineObserver {
  private readonly consuming = new RateMeter();

  /** @param engine what writes the mart: with `spark` that is the job, which is in no consumer group */
  constructor(
    private readonly monitor: SystemMonitor,
    private readonly topic: string,
    private readonly engine: GatewayConfig['PIPELINE_ENGINE'],
  ) {}

  /** To be called once a second for the rate to be one of the last ten seconds. */
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
        produced: stage(producer.figures?.records, producer.figures?.records_per_second),
        consumed: stage(consumed, consumed === null ? null : this.consuming.perSecond),
        stored: stage(mart.figures?.rows, mart.figures?.rows_per_second),
        quarantined: stage(mart.figures?.quarantined, mart.figures?.quarantined_per_second),
      },
      lag,
      producer: {
        done: producer.figures?.done ?? null,
        files: producer.figures?.files?.length ?? null,
        rows: producer.figures?.rows ?? null,
      },
      mart: {
        changed_at: mart.figures?.changed_at ?? null,
        ledger_pending: mart.figures?.ledger_pending ?? null,
      },
      parts: Object.fromEntries(PART_NAMES.map((name) => [name, system[name].status])) as Record<PartName, PartStatus>,
    };
  }
}

function stage(count: number | null | undefined, perSecond: number | null | undefined): Stage {
  return { count: count ?? null, per_second: perSecond ?? null };
}

type Progress = Pick<PipelineState, 'lag'> & { readonly consumed: number | null };

function byGroup({ consumer_group: { figures } }: SystemState): Progress {
  return {
    consumed: figures?.consumed ?? null,
    lag: {
      records: figures?.lag ?? null,
      seconds: figures?.seconds_behind ?? null,
      partitions: (figures?.partitions ?? []).map(({ partition, lag, seconds_behind: seconds }) => ({
        partition,
        records: lag,
        seconds,
      })),
    },
  };
}

/** The job says how many records it has before it, and not in which partitions. */
function bySpark({ spark, producer }: SystemState): Progress {
  const records = spark.figures?.job?.lag ?? null;
  const produced = producer.figures?.records;
  return {
    consumed: records === null || produced === undefined ? null : Math.max(0, produced - records),
    lag: { records, seconds: records === 0 ? 0 : null, partitions: [] },
  };
}
