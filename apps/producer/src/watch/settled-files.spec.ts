import { describe, expect, it } from '@jest/globals';
import { SettledFiles } from './settled-files.js';

const NOW = 1_000_000;
const see = (size: number, mtimeMs: number, file = '/data/m.csv') => ({ file, size, mtimeMs, ctimeMs: mtimeMs });
const watched = () => new SettledFiles(10_000, () => NOW);

describe('SettledFiles', () => {
  it('takes at the first look what was left alone for long enough, and waits for the others', () => {
    const files = watched();
    const old = see(5, NOW - 10_001, '/data/old.csv');
    const fresh = see(5, NOW - 10_000);
    expect(files.of([old, fresh])).toEqual([old]);
    expect(files.of([old, fresh])).toEqual([old, fresh]);
  });

  it('takes a file at the first look that finds size and time as they were', () => {
    const files = watched();
    const looks = [see(0, NOW), see(5, NOW), see(5, NOW + 1), see(5, NOW + 1)];
    expect(looks.map((look) => files.of([look]).length)).toEqual([0, 0, 0, 1]);
  });

  it('does not trust the age of a file that appears later: a copy may have brought its time along', () => {
    const files = watched();
    files.of([]);
    const copied = see(5, NOW - 99_000);
    expect(files.of([copied])).toEqual([]);
    expect(files.of([copied])).toEqual([copied]);
  });

  it('begins anew with a file that was away', () => {
    const files = watched();
    const file = see(5, NOW);
    files.of([file]);
    files.of([]);
    expect(files.of([file])).toEqual([]);
  });

  it('waits for a file whose time lies in the future no longer than for others', () => {
    const files = watched();
    const file = see(5, NOW + 99_000);
    expect([files.of([file]), files.of([file])]).toEqual([[], [file]]);
  });
});
