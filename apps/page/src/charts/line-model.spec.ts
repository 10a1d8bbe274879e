import { describe, expect, it } from '@jest/globals';
import { alone, lineDomain, lineModel, startNote, withGaps, type LineSpec } from './line-model.js';

const spec: LineSpec = {
  ...{ unit: 'rate', time: 'day', zone: 'utc', locale: 'en-GB', arrivingFrom: '2021-05-02' },
  named: [{ at: '2021-05-01', name: 'Labour Day' }],
  series: [
    {
      name: 'email',
      points: [
        { at: '2021-04-30', value: 0.173, low: 0.17, high: 0.176, detail: '8 sent' },
        { at: '2021-05-01', value: 0.2, low: 0.19, high: 0.21 },
        { at: '2021-05-02', value: 0.01 },
      ],
    },
    { name: 'sms', points: [{ at: '2021-05-01', value: null }] },
  ],
};

describe('lineModel', () => {
  const model = lineModel(spec);

  it('says the day, the value and what is special about it', () => {
    expect(model.words({ row: 0, column: 0 })).toEqual({
      head: 'Fri, 30 Apr 2021',
      lines: ['email: 17.3%', '95 % interval 17.0% to 17.6%', '8 sent'],
    });
    expect(model.words({ row: 0, column: 1 })?.lines).toContain('Labour Day');
    expect(model.words({ row: 0, column: 2 })?.lines).toEqual(['email: 1.00%', 'still arriving']);
  });

  it('has no mark in a gap', () => {
    expect(model.words({ row: 1, column: 0 })).toBeNull();
    expect(model.words({ row: 1, column: 1 })).toBeNull();
  });

  it('gives the same numbers as a table', () => {
    const { columns, rows } = model.table();
    expect(columns.map(({ name }) => name)).toEqual([
      ...['day', 'email', 'email, 95 % interval from', 'to', 'email, note', 'sms', 'note'],
    ]);
    expect(rows).toEqual([
      ['2021-04-30', 0.173, 0.17, 0.176, '8 sent', null, null],
      ['2021-05-01', 0.2, 0.19, 0.21, null, null, 'Labour Day'],
      ['2021-05-02', 0.01, null, null, null, null, 'still arriving'],
    ]);
  });

  it('says seconds in the reader’s zone', () => {
    const at = Date.parse('2026-03-01T14:31:08Z');
    const seconds = lineModel({
      ...{ unit: 'count', time: 'second', zone: 'utc', locale: 'de' },
      series: [{ name: '', points: [{ at, value: 1204 }] }],
    });
    expect(seconds.words({ row: 0, column: 0 })).toEqual({ head: '14:31:08', lines: ['1.204'] });
    expect(seconds.table().rows).toEqual([[at, 1204]]);
  });
});

it('makes a gap where days are missing', () => {
  const points = [
    { at: '2021-04-01', value: 1 },
    { at: '2021-04-02', value: 2 },
    { at: '2021-04-05', value: 3 },
  ];
  expect(withGaps(points, 'day').map(({ value }) => value)).toEqual([1, 2, null, 3]);
  expect(alone(withGaps(points, 'day'))).toEqual([{ at: '2021-04-05', value: 3 }]);
});

it('says where an axis begins that does not begin at 0', () => {
  expect(startNote(lineDomain(spec.series.slice(0, 1), true, 200), 'rate', 'en')).toBeUndefined();
  const points = [
    { at: '2021-04-01', value: 0.121 },
    { at: '2021-04-02', value: 0.187 },
  ];
  expect(startNote(lineDomain([{ name: '', points }], false, 250), 'rate', 'en')).toBe(
    'The axis begins at 12%, not at 0.',
  );
});
