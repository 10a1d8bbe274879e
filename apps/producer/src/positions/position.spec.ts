import { describe, expect, it } from '@jest/globals';
import type { FilePosition } from '#platform/kafka/file-position.js';
import { startingPosition } from './position.js';

const file = { file: '/data/m.csv', size: 1_000, headSha256: 'aa' };
const stored: FilePosition = { ...file, offset: 500, line: 6, rows: 4, done: false };

describe('startingPosition', () => {
  it('is the beginning for a new file', () => {
    expect(startingPosition(file, undefined, false)).toEqual({ ...file, offset: 0, line: 2, rows: 0, done: false });
  });

  it('is the stored one, done or not, for the same file', () => {
    expect(startingPosition(file, stored, false)).toEqual(stored);
    expect(startingPosition(file, { ...stored, done: true }, false).done).toBe(true);
  });

  it.each([
    [{ size: 1_001 }, 'its size was 1000 bytes and is 1001 now'],
    [{ headSha256: 'bb' }, 'its first 64 KiB differ'],
    [{ size: 9, headSha256: 'bb' }, 'its size was 1000 bytes and is 9 now, its first 64 KiB differ'],
  ])('is refused for a changed file %j, with what changed and what to do', (change, what) => {
    expect(() => startingPosition({ ...file, ...change }, stored, false)).toThrow(
      `/data/m.csv has changed since 4 of its rows were produced: ${what}. Give the new file another name, or produce all of it with --from-start`,
    );
  });

  it('is the beginning of a changed file when asked for', () => {
    expect(startingPosition({ ...file, size: 9 }, stored, true)).toEqual({
      ...file,
      size: 9,
      offset: 0,
      line: 2,
      rows: 0,
      done: false,
    });
  });
});
