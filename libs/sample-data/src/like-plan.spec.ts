import { describe, expect, it } from '@jest/globals';
import { scale } from './like-plan.js';
import { type Measures } from './model.js';

function cell(sent: number, opens = 0, clicks = 0, unsubscribes = 0, bounces = 0, purchases = 0): Measures {
  return { sent, opens, clicks, unsubscribes, bounces, purchases };
}

describe('scale', () => {
  const cells = [
    cell(601, 300, 100, 7, 20, 3),
    cell(298, 98, 10, 1, 0, 1),
    cell(99, 99, 99, 0, 0, 0),
    cell(2, 1, 0, 0, 1, 0),
  ];

  it('changes nothing if all rows are requested', () => {
    expect(scale(cells, 1000)).toEqual(cells);
  });

  it.each([1, 2, 3, 10, 99, 500, 999])('scales the sums to %i rows and keeps every cell consistent', (rows) => {
    const scaled = scale(cells, rows);
    const sum = (name: keyof Measures, of: readonly Measures[]) => of.reduce((total, one) => total + one[name], 0);
    expect(sum('sent', scaled)).toBe(rows);
    for (const measure of ['opens', 'clicks', 'unsubscribes', 'bounces', 'purchases'] as const) {
      expect(sum(measure, scaled)).toBe(Math.floor((sum(measure, cells) * rows) / 1000 + 0.5));
      for (const one of scaled)
        expect(one[measure]).toBeLessThanOrEqual(one.sent - (measure === 'bounces' ? 0 : one.bounces));
    }
  });

  it('gives remaining units to the largest remainders', () => {
    // A tenth: 60.1, 29.8, 9.9, 0.2.
    expect(scale(cells, 100).map(({ sent }) => sent)).toEqual([60, 30, 10, 0]);
  });

  it('rejects more rows than the aggregate has', () => {
    expect(() => scale(cells, 1001)).toThrow('--rows asks for 1001');
  });
});
