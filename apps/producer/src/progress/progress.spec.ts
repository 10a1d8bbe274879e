import { describe, expect, it } from '@jest/globals';
import { duration, grouped, progressBar, progressText, type ProgressSnapshot } from './progress.js';

const snapshot: ProgressSnapshot = {
  file: 'm.csv',
  rows: 30_000,
  bytes: 50e6,
  bytesAtStart: 20e6,
  totalBytes: 80e6,
  seconds: 10,
};

describe('progress', () => {
  it('shows rows, MB, rows/s and the time left of this run', () => {
    expect(progressText(snapshot)).toBe('30,000 rows  50.0 of 80.0 MB  3,000 rows/s  10s left');
  });

  it('shows no time left before anything was read', () => {
    expect(progressText({ ...snapshot, rows: 0, bytes: 20e6, seconds: 0 })).toBe(
      '0 rows  20.0 of 80.0 MB  0 rows/s  ? left',
    );
  });

  it('draws a bar', () => {
    expect(progressBar(snapshot)).toMatch(/^m\.csv █{8}░{4} 62 % {2}30,000 rows/);
    expect(progressBar({ ...snapshot, bytes: 80e6 })).toMatch(/█{12} 100 %/);
  });

  it('formats durations and numbers', () => {
    expect([0.4, 59, 60, 75, 3_600, 5_430].map(duration)).toEqual(['0s', '59s', '1m00s', '1m15s', '1h00m', '1h30m']);
    expect([0, 999, 1_000, 708_447_796].map(grouped)).toEqual(['0', '999', '1,000', '708,447,796']);
  });
});
