import { describe, expect, it } from '@jest/globals';
import { COLUMN_NAMES, contract, REASONS, REPAIRS } from '#schema/contract.js';
import { outcomeOf } from './outcome.js';
import { randomRecord } from './random-record.js';

const RECORDS = 10_000;

describe('random records', () => {
  // outcomeOf also compares the fast path of the cleaner with the slow one.
  const outcomes = Array.from({ length: RECORDS }, (_, number) => outcomeOf(randomRecord(1, number)));

  it('are determined by seed and number', () => {
    expect(randomRecord(1, 77)).toEqual(randomRecord(1, 77));
    expect(randomRecord(2, 77)).not.toEqual(randomRecord(1, 77));
  });

  it('are accepted about half the time', () => {
    const rows = outcomes.filter(({ kind }) => kind === 'row').length;
    expect(rows / RECORDS).toBeGreaterThan(0.4);
    expect(rows / RECORDS).toBeLessThan(0.6);
  });

  it('produce every reason and every repair, and a reason for every column', () => {
    const given = new Set<string | null>();
    for (const { reasons, repairs } of outcomes) {
      for (const [column, reason] of reasons) given.add(column).add(reason);
      for (const [, repair] of repairs) given.add(repair);
    }
    // Only PostgreSQL produces this one.
    given.add('rejected_by_database');
    // This one comes from a batch that cannot be decoded, not from a record.
    given.add('unreadable_batch');
    const all = [...Object.keys(REASONS), ...Object.keys(REPAIRS), ...COLUMN_NAMES];
    expect(all.filter((name) => !given.has(name))).toEqual([]);
  });

  it('fill every column at least once', () => {
    const rows = outcomes.flatMap(({ values }) => (values ? [values] : []));
    const empty = contract.columns.filter((_, position) => rows.every((values) => values[position] === null));
    expect(empty).toEqual([]);
  });
});
