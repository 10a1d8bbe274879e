import { describe, expect, it } from '@jest/globals';
import { cellText, csvOf, fileNameOf, tabbedOf } from './table-text.js';

const table = {
  columns: [
    { name: 'day', unit: 'day' },
    { name: 'rate, "open"', unit: 'rate' },
  ],
  rows: [
    ['2021-04-30', 0.173],
    ['2021-05-01', null],
  ],
} as const;

describe('table of a chart', () => {
  it('is saved as RFC 4180 without the locale', () => {
    expect(csvOf(table)).toBe('day,"rate, ""open"""\r\n2021-04-30,0.173\r\n2021-05-01,\r\n');
  });

  it('is copied with tabs', () => {
    expect(tabbedOf({ columns: [{ name: 'a', unit: 'text' }], rows: [['x\ty\nz']] })).toBe('a\nx y z\n');
  });

  it('writes times as ISO 8601', () => {
    expect(csvOf({ columns: [{ name: 'time', unit: 'time' }], rows: [[0]] })).toContain('1970-01-01T00:00:00.000Z');
  });

  it('is read by the locale', () => {
    expect(cellText(0.173, table.columns[1], 'utc', 'de')).toBe('17,3\u00a0%');
    expect(cellText('2021-04-30', table.columns[0], 'utc', 'en-GB')).toBe('Fri, 30 Apr 2021');
    expect(cellText(12_345_678, { name: 'sent', unit: 'count' }, 'utc', 'en')).toBe('12,345,678');
    expect(cellText(null, table.columns[1], 'utc', 'en')).toBe('—');
  });
});

it('makes names of files', () => {
  expect(fileNameOf('Open rate, % of delivered, by day')).toBe('open-rate-of-delivered-by-day.csv');
  expect(fileNameOf('<script>/../')).toBe('script.csv');
  expect(fileNameOf('…')).toBe('chart.csv');
});
