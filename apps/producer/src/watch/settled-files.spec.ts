import { describe, expect, it } from '@jest/globals';
import { SettledFiles } from './settled-files.js';

const NOW = 1_000_000;
const see = (size: number, mtimeMs: number, file = '/data/m.csv') => ({ file, size, mtimeMs, ctimeMs: mtimeMs });
const watched = () => new SettledFiles(10_000, () => NOW);

describe('SettledFiles', () => {
  it('takes files that are old enough in the first scan, and waits for newer ones', () => {
    const files = watched();
    const old = see(5, NOW - 10_001, '/data/old.csv');
    const fresh = see(5, NOW - 10_000);
    expect(files.settled([old, fresh])).toEqual([old]);
    expect(files.settled([old, fresh])).toEqual([old, fresh]);
  });

  it('takes a file in the first scan that finds its size and time unchanged', () => {
    const files = watched();
    const scans = [see(0, NOW), see(5, NOW), see(5, NOW + 1), see(5, NOW + 1)];
    expect(scans.map((file) => files.settled([file]).length)).toEqual([0, 0, 0, 1]);
  });

  it('does not trust the age of a file that appears later, because a copy may preserve the mtime', () => {
    const files = watched();
    files.settled([]);
    const copied = see(5, NOW - 99_000);
    expect(files.settled([copied])).toEqual([]);
    expect(files.settled([copied])).toEqual([copied]);
  });

  it('waits again for a file that disappeared and came back', () => {
    const files = watched();
    const file = see(5, NOW);
    files.settled([file]);
    files.settled([]);
    expect(files.settled([file])).toEqual([]);
  });

  it('waits no longer for a file with an mtime in the future than for others', () => {
    const files = watched();
    const file = see(5, NOW + 99_000);
    expect([files.settled([file]), files.settled([file])]).toEqual([[], [file]]);
  });
});
