import { describe, expect, it } from '@jest/globals';
import { RowMarks } from './row-marks.js';

describe('RowMarks', () => {
  it('knows which rows are marked, wherever they are on their page', () => {
    const marks = new RowMarks(3);
    const rows = [0, 1, 2].flatMap((block) => [1, 31, 32, 33, 63, 64, 291].map((offset) => [block, offset] as const));
    for (const [block, offset] of rows) {
      expect(marks.has(block, offset)).toBe(false);
      expect(marks.mark(block, offset)).toBe(true);
      expect(marks.mark(block, offset)).toBe(false);
      expect(marks.has(block, offset)).toBe(true);
    }
    expect(marks.has(0, 2)).toBe(false);
    expect(marks.has(2, 62)).toBe(false);
    expect(marks.has(2, 65)).toBe(false);
  });

  it('accepts blocks beyond the given size, up to the largest table', () => {
    const marks = new RowMarks(0);
    expect(marks.has(1000, 5)).toBe(false);
    expect(marks.mark(1000, 5)).toBe(true);
    expect(marks.mark(999, 5)).toBe(true);
    expect(marks.mark(4_294_967_294, 100)).toBe(true);
    expect([marks.has(1000, 5), marks.has(999, 5), marks.has(998, 5)]).toEqual([true, true, false]);
    expect(marks.has(4_294_967_294, 100)).toBe(true);
  });
});
