import { describe, expect, it } from '@jest/globals';
import { cellOf } from './cell.fixture.js';
import { fileDifferences } from './file-differences.js';

const AGGREGATE = [
  cellOf({ channel: 'email' }, { sent: 6, opened: 3 }),
  cellOf({ channel: 'sms' }, { sent: 4, opened: 2 }),
];

describe('fileDifferences', () => {
  it('finds no difference in the same cells in any order', () => {
    expect(fileDifferences([...AGGREGATE].reverse(), AGGREGATE, 10)).toEqual([]);
  });

  it('finds counts that moved from one cell to another', () => {
    const file = [
      cellOf({ channel: 'email' }, { sent: 6, opened: 4 }),
      cellOf({ channel: 'sms' }, { sent: 4, opened: 1 }),
    ];

    expect(fileDifferences(file, AGGREGATE, 10)).toEqual([
      expect.stringContaining('"email"]: opened is 4, not 3'),
      expect.stringContaining('"sms"]: opened is 1, not 2'),
    ]);
  });

  it('compares only the scaled totals of a smaller file', () => {
    const smaller = (opened: number) => [cellOf({ channel: 'sms' }, { sent: 5, opened })];

    // 5 opens × 5 / 10 = 2.5
    expect(fileDifferences(smaller(3), AGGREGATE, 5)).toEqual([]);
    expect(fileDifferences(smaller(2), AGGREGATE, 5)).toEqual(['all: opened is 2, not 3']);
  });
});
