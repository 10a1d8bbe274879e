import { describe, expect, it } from '@jest/globals';
import type { Reconciliation } from '#schema/reconciliation.js';
import { resultText } from './result-text.js';

const NONE = { lines: 0, mart: 0, superseded: 0, repeated: 0, quarantined: 0, erased: 0, altered: 0, missing: 0 };

const textOf = (result: Partial<Reconciliation>) =>
  resultText({
    ...NONE,
    ...{ holds: true, files: [], quarantine: {}, reasons: {}, extra: null, repeatedHeaders: 0, days: [] },
    ...{ first: { missing: [], altered: [], extra: [] }, seconds: 2, ...result },
  });

const daysOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ ...NONE, day: new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10), lines: i + 1, mart: i + 1 },
  }));

describe('resultText', () => {
  it('gives the sum if it holds, with its parts', () => {
    const text = textOf({ lines: 1200, mart: 1000, superseded: 100, repeated: 60, quarantined: 39, erased: 1 });
    expect(text).toContain(
      'The sum holds: 1,200 lines = 1,000 in the mart + 100 superseded + 60 repeated + 39 in quarantine + 1 erased.',
    );
    expect(text.at(-1)).toBe('1,200 lines in 2.0 s, 600 lines/s');
  });

  it('says what differs, how to repair it, and what a repair did', () => {
    const differing = { holds: false, missing: 39, altered: 7, extra: 5 };
    expect(textOf(differing)).toContain(
      'The sum does not hold: 39 missing, 7 altered, 5 extra. Repair missing and altered ones with --repair.',
    );
    expect(textOf({ holds: false, extra: 5 })).toContain('The sum does not hold: 5 extra.');
    const repaired = textOf({ ...differing, repaired: { sent: 39, updated: 7 } });
    expect(repaired).toContain('The sum does not hold: 39 missing, 7 altered, 5 extra.');
    expect(repaired.join('\n')).toMatch(/sent to the topic again: 39; .*contents: 7\.\nReconcile again once/);
  });

  it('names the first of many differences, and all of a few', () => {
    const missing = [{ file: '/a.csv', line: 7, id: null, reasons: ['too_long', 'bad_text'] }];
    const altered = [{ file: '/a.csv', line: 9, id: '4', columns: { stream: { file: 'ios', mart: null } } }];
    const extra = [{ id: '5', day: '2021-05-01' }];
    const text = textOf({ missing: 2, altered: 1, extra: 1, holds: false, first: { missing, altered, extra } }).join(
      '\n',
    );
    expect(text).toContain('The first 1 of 2 missing lines\n  /a.csv:7  rejected: too_long, bad_text\n');
    expect(text).toContain('All altered rows\n  /a.csv:9  id 4\n    stream: "ios" in the file, empty in the mart\n');
    expect(text).toContain('All rows of the mart that no file has\n  id 5, 2021-05-01\n');
  });

  it('shows all days of a short table, and adds up the middle of a long one', () => {
    const rows = (count: number) => textOf({ days: daysOf(count) }).filter((line) => /^ {2}(\d{4}-|…)/.test(line));
    expect(rows(40)).toHaveLength(40);
    const long = rows(50);
    expect(long).toHaveLength(21);
    const sumOfDays = Array.from({ length: 30 }, (_, i) => 11 + i).reduce((sum, lines) => sum + lines);
    expect(long[10]).toMatch(new RegExp(`^ {2}… 30 more +${sumOfDays} +${sumOfDays} +0$`));
    expect(long.at(-1)).toContain('2021-02-19');
  });
});
