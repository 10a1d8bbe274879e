import type { PipelineState } from '../../stream/pipeline-stream.js';
import type { Report } from './words.js';

/** 2026-03-01 14:31:08 UTC. */
export const NOW = Date.UTC(2026, 2, 1, 14, 31, 8);

/** A state in which all is well, for specs. */
const CALM: PipelineState = {
  at: new Date(NOW).toISOString(),
  version: '0.2.0',
  topic: 'message_data',
  engine: 'consumer',
  stages: {
    produced: { count: 100_000, per_second: 0 },
    consumed: { count: 100_000, per_second: 0 },
    stored: { count: 99_294, per_second: 0 },
    quarantined: { count: 706, per_second: 0 },
  },
  lag: { records: 0, seconds: 0, records_per_second: 0, clear_seconds: 0, partitions: [] },
  latency: {
    ...{ p50_seconds: 0.366, p99_seconds: 0.741, records: 100_000, window_seconds: 60, unknown: null },
    at: new Date(NOW - 400).toISOString(),
  },
  producer: { done: true, files: 1, rows: 100_000, files_done: 1, files_open: 0, current: null },
  kafka: { brokers: 1, partitions: 3, under_replicated: 0 },
  consumers: { group: 'messages-consumer', members: 1 },
  spark: { workers: null, batch: null, lag: null },
  mart: {
    changed_at: new Date(NOW - 400).toISOString(),
    ledger_pending: 0,
    ledger_pending_seconds: 0,
    rows: 99_294,
    newest_sent_at: '2021-05-01T00:00:00.000Z',
    quarantined: 706,
    quarantined_at: new Date(NOW - 5000).toISOString(),
    skipped_records: 0,
    size_bytes: 1e8,
  },
  rejections: null,
  accounts: {
    ...{ verdict: 'complete', records: 100_000, lines: 100_000, waiting: 0, stored: 99_294, quarantined: 706 },
    ...{ skipped: 0, others: 0 },
  },
  parts: {
    ...{ kafka: 'up', consumer_group: 'up', producer: 'up', postgresql: 'up', mart: 'up' },
    ...{ read_server: 'absent', spark: 'absent' },
  },
  components: {
    ...{ kafka: report('up'), consumer_group: report('up'), producer: report('up'), postgresql: report('up') },
    ...{ mart: report('up'), read_server: report('absent'), spark: report('absent') },
  },
};

type Group = 'mart' | 'lag' | 'accounts' | 'consumers' | 'stages' | 'components' | 'producer' | 'latency' | 'spark';

export type Changes = { readonly [Name in Group]?: Partial<PipelineState[Name]> } & Partial<
  Pick<PipelineState, 'engine' | 'rejections'>
>;

export function stateOf(changes: Changes = {}): PipelineState {
  const merged: Record<string, unknown> = { ...CALM };
  for (const [name, change] of Object.entries(changes)) {
    const before = merged[name];
    merged[name] = typeof before === 'object' && before !== null ? { ...before, ...(change as object) } : change;
  }
  const state = merged as unknown as PipelineState;
  const parts = Object.fromEntries(Object.entries(state.components).map(([name, { status }]) => [name, status]));
  return { ...state, parts: parts as PipelineState['parts'] };
}

export function report(status: Report['status'], more: Partial<Report> = {}): Report {
  return {
    status,
    since: '2026-03-01T14:02:11.000Z',
    answered_at: '2026-03-01T14:31:07.500Z',
    ...{ message: null, action: null, runbook: null },
    ...more,
  };
}
