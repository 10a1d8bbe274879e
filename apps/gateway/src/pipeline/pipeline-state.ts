import type { ComponentName, ComponentStatus } from '../system/component.js';
import type { CurrentFile } from '../system/components/producer.component.js';
import type { Rejections } from '../system/rejections.js';
import type { Accounts } from './accounts.js';

export interface Stage {
  /** Since the topic or the mart was created; null while the component that provides it does not respond. */
  readonly count: number | null;
  readonly per_second: number | null;
}

/** Records that the engine has not processed yet. */
export interface Lag<Records = number | null> {
  readonly records: Records;
  /** Age of the oldest of them; null if unknown. */
  readonly seconds: number | null;
  /** How fast they become more; negative if they become fewer, null until it is known. */
  readonly records_per_second: number | null;
  /** Until none is left, at this trend; null if they do not become fewer. */
  readonly clear_seconds: number | null;
}

export interface ComponentReport {
  readonly status: ComponentStatus;
  /** When the status last changed. */
  readonly since: Date;
  /** Time of the last response; null before the first one. */
  readonly answered_at: Date | null;
  readonly message: string | null;
  readonly action: string | null;
  /** Section of docs/runbook.md. */
  readonly runbook: string | null;
}

/**
 * Why the latency is unknown. `engine`: Spark writes the mart and stores none. `no_records`: no record arrived since the gateway
 * started. `old_mart`: mart-init of this version has not run. `no_answer`: the mart does not respond.
 */
export const NO_LATENCY = ['engine', 'no_records', 'old_mart', 'no_answer'] as const;
export type NoLatency = (typeof NO_LATENCY)[number];

export interface LatencyReport {
  readonly p50_seconds: number | null;
  readonly p99_seconds: number | null;
  readonly records: number | null;
  readonly window_seconds: number;
  readonly at: Date | null;
  /** null if it is known. */
  readonly unknown: NoLatency | null;
}

/** The pipeline at one moment: count and rate of each stage, the lag, and the state of each component. */
export interface PipelineState {
  readonly at: Date;
  /** Version of the gateway. */
  readonly version: string;
  readonly topic: string;
  /** The engine that writes the mart. */
  readonly engine: 'consumer' | 'spark' | 'both';
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
  readonly lag: Lag & { readonly partitions: readonly (Lag<number> & { readonly partition: number })[] };
  readonly latency: LatencyReport;
  readonly producer: {
    readonly done: boolean | null;
    readonly files: number | null;
    readonly rows: number | null;
    readonly files_done: number | null;
    readonly files_open: number | null;
    readonly current: CurrentFile | null;
  };
  readonly kafka: {
    readonly brokers: number | null;
    readonly partitions: number | null;
    readonly under_replicated: number | null;
  };
  readonly consumers: { readonly group: string | null; readonly members: number | null };
  readonly spark: {
    readonly workers: number | null;
    readonly batch: { readonly id: number; readonly records: number; readonly seconds: number } | null;
    readonly lag: number | null;
  };
  readonly mart: {
    readonly changed_at: Date | null;
    readonly ledger_pending: number | null;
    readonly ledger_pending_seconds: number | null;
    readonly rows: number | null;
    readonly newest_sent_at: Date | null;
    readonly quarantined: number | null;
    readonly quarantined_at: Date | null;
    /** Records that no consumer read and that nobody has resolved. */
    readonly skipped_records: number | null;
    readonly size_bytes: number | null;
  };
  readonly rejections: Rejections | null;
  readonly accounts: Accounts;
  readonly parts: Readonly<Record<ComponentName, ComponentStatus>>;
  readonly components: Readonly<Record<ComponentName, ComponentReport>>;
}
