import { describe, expect, it } from '@jest/globals';
import { Counts } from './counts.js';

const TEXT = `# HELP messages_stored_total Rows
# TYPE messages_stored_total counter
messages_stored_total{result="inserted",service="consumer"} 90
messages_stored_total{result="updated",service="consumer"} 10
messages_consumed_total 123
process_cpu_seconds_total{service="consumer"} 1.5
`;

describe('Counts', () => {
  it('sums a metric over its labels', () => {
    const counts = new Counts();
    counts.update(TEXT);
    expect(counts.sum('messages_stored_total')).toBe(100);
    expect(counts.sum('messages_stored_total', { result: 'updated' })).toBe(10);
    expect(counts.sum('messages_consumed_total')).toBe(123);
    expect(counts.sum('process_cpu_seconds_total')).toBe(1.5);
  });

  it('distinguishes a gauge of 0 from a missing gauge', () => {
    const counts = new Counts();
    counts.update('messages_source_lag_records 0.0\n');
    expect(counts.find('messages_source_lag_records')).toBe(0);
    counts.update('');
    expect(counts.find('messages_source_lag_records')).toBeUndefined();
  });

  it('returns 0 as the sum of a missing metric', () => {
    expect(new Counts().sum('messages_stored_total')).toBe(0);
  });
});
