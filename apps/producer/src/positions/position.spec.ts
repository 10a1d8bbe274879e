import { describe, expect, it } from '@jest/globals';
import type { FilePosition } from '#platform/producer-positions/file-position.js';
import { startingPosition } from './position.js';

const file = { file: '/data/m.csv', size: 1_000, headSha256: 'aa', changedAt: '1 1' };
const stored: FilePosition = {
  ...file,
  ...{ offset: 500, line: 6, rows: 4, done: false },
  content: { bytes: 600, crc32: 7 },
};
const touched = { ...file, changedAt: '2 2' };

const same = () => Promise.resolve(true);
const differs = () => Promise.resolve(false);
const notAsked = () => Promise.reject(new Error('reads the file'));

describe('startingPosition', () => {
  it('is the beginning for a new file', async () => {
    const beginning = { ...file, offset: 0, line: 2, rows: 0, done: false };
    expect(await startingPosition(file, undefined, false, notAsked)).toEqual(beginning);
  });

  it('is the beginning for a changed file that was never sent', async () => {
    const nothing = { ...stored, offset: 0, line: 2, rows: 0 };
    expect(await startingPosition(touched, nothing, false, differs)).toMatchObject({ offset: 0, changedAt: '2 2' });
  });

  it('is the stored one, finished or not, for an untouched file', async () => {
    expect(await startingPosition(file, stored, false, notAsked)).toEqual(stored);
    expect(await startingPosition(file, { ...stored, done: true }, false, notAsked)).toMatchObject({ done: true });
  });

  it('is the stored one with the new times for a touched file with the same content', async () => {
    expect(await startingPosition(touched, stored, false, same)).toEqual({ ...stored, changedAt: '2 2' });
  });

  it('is the stored one for a file that has grown beyond what was read', async () => {
    const grown = { ...touched, size: 2_000, headSha256: 'bb' };
    expect(await startingPosition(grown, stored, false, same)).toEqual({ ...stored, ...grown });
  });

  it('is the stored one if size and head match, for a position stored by an earlier version', async () => {
    const earlier = { ...stored, content: undefined, changedAt: undefined };
    expect(await startingPosition(touched, earlier, false, notAsked)).toEqual({ ...earlier, changedAt: '2 2' });
    await expect(startingPosition({ ...touched, size: 9 }, earlier, false, notAsked)).rejects.toThrow('its size was');
  });

  it.each([
    [{ size: 1_001 }, 'its size was 1000 bytes and is 1001 now'],
    [{ headSha256: 'bb' }, 'its first 64 KiB differ'],
    [{ size: 9, headSha256: 'bb' }, 'its size was 1000 bytes and is 9 now, its first 64 KiB differ'],
    [{}, 'the 600 bytes that were read differ (uncompressed)'],
  ])('is refused for a changed file %j, saying what changed and what to do', async (change, what) => {
    const starting = startingPosition({ ...touched, ...change }, { ...stored, done: true }, false, differs);
    await expect(starting).rejects.toThrow(
      `/data/m.csv has changed since 4 of its rows were produced: ${what}. Give the new file another name, or produce all of it with --from-start`,
    );
  });

  it('is the beginning of a changed file with --from-start', async () => {
    const changed = { ...touched, size: 9 };
    const beginning = { ...changed, offset: 0, line: 2, rows: 0, done: false };
    expect(await startingPosition(changed, stored, true, notAsked)).toEqual(beginning);
  });
});
