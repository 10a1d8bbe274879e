import { describe, expect, it } from '@jest/globals';
import { COMPONENT_NAMES } from '../system/component.js';
import type { SystemMonitor } from '../system/system-monitor.js';
import { PipelineObserver } from './pipeline-observer.js';

const SINCE = new Date('2026-01-01T00:00:00Z');
/** What is unknown right after the start. */
const NO_TREND = { records_per_second: null, clear_seconds: null };

/** A monitor with these details; all other components are down. */
function monitorOf(details: Readonly<Record<string, object>>): SystemMonitor {
  const components = COMPONENT_NAMES.map((name) => [
    name,
    {
      name,
      status: details[name] ? 'up' : 'down',
      since: SINCE,
      answeredAt: details[name] && SINCE,
      details: details[name],
    },
  ]);
  return { state: Object.fromEntries(components) as unknown } as SystemMonitor;
}

describe('PipelineObserver', () => {
  it('reports null for components that are down', () => {
    const state = new PipelineObserver(monitorOf({}), 'message_data', 'consumer').observe();

    expect(state.stages).toEqual({
      produced: { count: null, per_second: null },
      consumed: { count: null, per_second: null },
      stored: { count: null, per_second: null },
      quarantined: { count: null, per_second: null },
    });
    expect(state.lag).toEqual({ records: null, seconds: null, ...NO_TREND, partitions: [] });
    expect(state.latency).toMatchObject({ p50_seconds: null, p99_seconds: null, unknown: 'no_answer' });
    expect(state.accounts).toMatchObject({ verdict: 'unknown', records: null });
    expect(state.components.kafka).toEqual({
      ...{ status: 'down', since: SINCE, answered_at: null, message: null, action: null, runbook: null },
    });
    expect(state.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(state.parts.kafka).toBe('down');
  });

  it('reads the consumed records from the group if the consumer writes the mart', () => {
    const consumerGroup = {
      ...{ group: 'g', members: [] },
      consumed: 90,
      lag: 10,
      seconds_behind: 2.5,
      partitions: [{ partition: 0, committed_offset: 90, lag: 10, seconds_behind: 2.5 }],
    };
    const spark = { master: null, job: { ready: true, message: null, last_batch: null, lag: 70 } };
    const monitor = monitorOf({ consumer_group: consumerGroup, spark });
    const state = new PipelineObserver(monitor, 'message_data', 'both').observe();

    expect(state.stages.consumed).toEqual({ count: 90, per_second: null });
    expect(state.lag).toEqual({
      ...{ records: 10, seconds: 2.5, ...NO_TREND },
      partitions: [{ partition: 0, records: 10, seconds: 2.5, ...NO_TREND }],
    });
    expect(state.consumers).toEqual({ group: 'g', members: 0 });
  });

  it('reads them from the job if Spark writes the mart', () => {
    const spark = { master: null, job: { ready: true, message: null, last_batch: null, lag: 70 } };
    const monitor = monitorOf({ producer: { records: 100, files: [] }, spark });
    const state = new PipelineObserver(monitor, 'message_data', 'spark').observe();

    expect(state.stages.consumed.count).toBe(30);
    expect(state.lag).toEqual({ records: 70, seconds: null, ...NO_TREND, partitions: [] });
  });
});
