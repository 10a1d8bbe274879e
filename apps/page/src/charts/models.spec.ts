import { describe, expect, it } from '@jest/globals';
import { barModel } from './bar-model.js';
import { dotDomain, dotModel, sortedDots } from './dot-model.js';
import { heatModel, heatRange, shade } from './heat-model.js';
import { sparklineParts, sparklineWords } from './sparkline-path.js';

describe('barModel', () => {
  it('says unknown values as such in a list', () => {
    const model = barModel({
      ...{ unit: 'count', by: 'name', of: 'reason', locale: 'en' },
      bars: [
        { name: 'missing', value: 1204, detail: '12 % of lines' },
        { name: 'not_a_time', value: null },
      ],
    });
    expect(model.words({ row: 0, column: 0 })).toEqual({ head: 'missing', lines: ['1,204', '12 % of lines'] });
    expect(model.words({ row: 1, column: 0 })).toEqual({ head: 'not_a_time', lines: ['—'] });
    expect(model.table().rows).toEqual([
      ['missing', 1204, '12 % of lines'],
      ['not_a_time', null, null],
    ]);
  });

  it('marks days that are not over', () => {
    const model = barModel({
      ...{ unit: 'count', by: 'day', of: 'day', arrivingFrom: '2021-05-02', locale: 'en-GB' },
      bars: [
        { name: '2021-05-01', value: 5 },
        { name: '2021-05-02', value: 1 },
      ],
    });
    expect(model.words({ row: 0, column: 0 })).toEqual({ head: 'Sat, 1 May 2021', lines: ['5'] });
    expect(model.words({ row: 0, column: 1 })?.lines).toEqual(['1', 'still arriving']);
  });
});

describe('dotModel', () => {
  const dots = [
    { name: 'b', value: null },
    { name: 'a', value: 0.001, low: 0.0009, high: 0.0011 },
    { name: 'c', value: 0.002, low: 0, high: 0.4, isSmall: true, detail: '8 sent' },
  ];

  it('sorts by value, unknown values last', () => {
    expect(sortedDots(dots).map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  it('says intervals and few messages', () => {
    const model = dotModel({ dots, unit: 'rate', of: 'provider', locale: 'en' });
    expect(model.words({ row: 2, column: 0 })).toEqual({
      head: 'c',
      lines: ['0.200%', '95 % interval 0% to 40.0%', '8 sent', 'few messages'],
    });
    expect(model.words({ row: 0, column: 0 })).toEqual({ head: 'b', lines: ['—'] });
  });

  it('shows all values and lines, but not the whole interval of a few messages', () => {
    const references = [{ value: 0.003, name: 'limit' }];
    const { from, to } = dotDomain({ dots, references, unit: 'rate', of: 'provider' }, true, 5);
    expect(from).toBe(0);
    expect(to).toBe(0.003);
  });
});

describe('heatModel', () => {
  const spec = {
    ...{ unit: 'rate' as const, rowOf: 'weekday', columnOf: 'hour', locale: 'en' },
    ...{ rowNames: ['Monday', 'Tuesday'], columnNames: ['00:00', '01:00'] },
    cells: [
      { row: 0, column: 0, value: 0.1 },
      { row: 0, column: 1, value: 0.3 },
      { row: 1, column: 1, value: 0.9, isSmall: true, detail: '3 sent' },
    ],
  };

  it('says each cell, also empty ones', () => {
    const model = heatModel(spec);
    expect(model.words({ row: 0, column: 1 })).toEqual({ head: 'Monday 01:00', lines: ['30.0%'] });
    expect(model.words({ row: 1, column: 0 })).toEqual({ head: 'Tuesday 00:00', lines: ['no messages'] });
    expect(model.words({ row: 1, column: 1 })?.lines).toEqual(['90.0%', '3 sent', 'few messages']);
    expect(model.table().rows).toHaveLength(3);
  });

  it('colours only cells with enough messages', () => {
    const range = heatRange(spec.cells)!;
    expect(range).toEqual({ least: 0.1, most: 0.3 });
    expect(shade(0.1, range)).toBeLessThan(shade(0.2, range));
    expect(shade(0.2, range)).toBeLessThan(shade(0.3, range));
    expect(heatRange([{ row: 0, column: 0, value: null }])).toBeNull();
  });
});

describe('sparkline', () => {
  it('begins at 0 and breaks at gaps', () => {
    expect(sparklineParts([0, 10, null, 5], 30, 20)).toEqual(['0,20 10,0', '30,10 30,10']);
    expect(sparklineParts([], 30, 20)).toEqual([]);
    expect(sparklineParts([0, 0], 30, 20)).toEqual(['0,20 30,20']);
  });

  it('has words', () => {
    expect(sparklineWords([3, null, 1, 2], String)).toBe('least 1, most 3, newest 2');
    expect(sparklineWords([null], String)).toBe('no figures yet');
  });
});
