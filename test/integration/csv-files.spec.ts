import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CsvReader } from '#platform/csv/csv-reader.js';
import { findCsvFiles, matchingFiles } from '#platform/csv/find-csv-files.js';
import { zipArchive } from '../support/zip.js';

const TEXT = 'id,name\n1,a\n2,b\n';
const OTHER_TEXT = 'id,topic\n9,x\n';
const HAVE_OTHER_TEXT = ['notes.csv', 'campaigns.csv'];

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-files-spec-'));
});

afterEach(() => rm(folder, { recursive: true }));

const zip = (name: string, ...entries: string[]) =>
  writeFile(at(name), zipArchive(entries.map((entry) => [entry, HAVE_OTHER_TEXT.includes(entry) ? OTHER_TEXT : TEXT])));

/** The ids in a file. */
async function ids(name: string): Promise<string[]> {
  const reader = await CsvReader.open(at(name), { columns: ['id', 'name'] });
  const found: string[] = [];
  for await (const records of reader.batches()) {
    for (const record of records) found.push('fields' in record ? record.fields[0]! : record.reason);
  }
  return found;
}

describe('a CSV file', () => {
  it.each([
    ['gzip under another name', 'm.csv', gzipSync(TEXT)],
    ['plain text named .gz', 'm.csv.gz', Buffer.from(TEXT)],
    ['a name in capitals', 'M.CSV.GZ', gzipSync(TEXT)],
    ['padding after gzip', 'm.csv.gz', Buffer.concat([gzipSync(TEXT), Buffer.alloc(70_000)])],
    ['a header in another case', 'm.csv', Buffer.from(TEXT.replace('id,name', 'ID,Name'))],
    ['concatenated files', 'm.csv', Buffer.from(TEXT + TEXT.replace('1,a\n2,b\n', ''))],
  ])('is read: %s', async (_, name, content) => {
    await writeFile(at(name), content);
    expect(await ids(name)).toEqual(['1', '2']);
  });

  it('is read from a zip archive', async () => {
    await zip('m.zip', 'folder/m.csv', '__MACOSX/m.csv', 'README.txt');
    expect(await ids('m.zip')).toEqual(['1', '2']);
    await rename(at('m.zip'), at('m.csv'));
    expect(await ids('m.csv')).toEqual(['1', '2']);
    await zip('set.zip', 'campaigns.csv', 'm.csv', 'notes.csv');
    expect(await ids('set.zip')).toEqual(['1', '2']);
  });

  it.each([
    [
      ['a.csv', 'b.csv'],
      /contains more than one CSV file with the columns \(a\.csv, b\.csv\)\. Unpack it and name the file: unzip/,
    ],
    [['a.txt'], /contains no CSV file with the columns \(a\.txt\)/],
    [['[Content_Types].xml', 'xl/workbook.xml'], /is a spreadsheet/],
  ])('is refused in an archive of %j', async (entries, message) => {
    await zip('m.zip', ...entries);
    await expect(ids('m.zip')).rejects.toThrow(message);
  });

  it('is refused in a truncated archive, in another encoding, and with a second header in another order', async () => {
    await writeFile(at('cut.zip'), 'PK\x03\x04 and so on');
    await expect(ids('cut.zip')).rejects.toMatchObject({ code: 'CSV_ZIP_INVALID' });
    await writeFile(at('wide.csv.gz'), gzipSync(Buffer.from('\ufeffid,name\n', 'utf16le')));
    await expect(ids('wide.csv.gz')).rejects.toThrow(/is UTF-16 text, not CSV text\. Convert it: iconv -f UTF-16LE/);
    await writeFile(at('two.csv'), TEXT + 'name,id\nc,3\n');
    await expect(ids('two.csv')).rejects.toThrow(/line 4 is another header, with the columns in a different order/);
  });

  it.each([
    ['encrypted', 8, 1, /is encrypted\. Unpack it with its password: unzip/],
    ['damaged', 16, 0xff, /is damaged: the checksum of m\.csv differs/],
    [
      'compressed by Deflate64',
      10,
      1,
      /is compressed by method 9, which cannot be read here\. Unpack it and name the file: unzip/,
    ],
  ])('is refused in an archive that is %s', async (_, at, bits, message) => {
    await zip('m.zip', 'm.csv');
    const bytes = await readFile(join(folder, 'm.zip'));
    bytes[bytes.indexOf('PK\x01\x02') + at]! ^= bits;
    await writeFile(join(folder, 'm.zip'), bytes);
    await expect(ids('m.zip')).rejects.toMatchObject({
      code: 'CSV_ZIP_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('is refused at once if it is a pipe or a folder', async () => {
    execFileSync('mkfifo', [at('m.csv')]);
    await expect(ids('m.csv')).rejects.toThrow(/m\.csv is not a regular file/);
    await mkdir(at('n.csv'));
    await expect(ids('n.csv')).rejects.toThrow(/n\.csv is not a regular file/);
  });

  it('is refused at once if its lines end in CR alone, however long it is', async () => {
    // The second file is longer than the maximum line.
    for (const lines of [100_000, 400_000]) {
      await writeFile(at('m.csv'), 'id,name' + Array.from({ length: lines }, (_, i) => `\r${i},secret-${i}`).join(''));
      const before = process.cpuUsage();
      const { message } = await ids('m.csv').then(
        () => Promise.reject(new Error('it is read')),
        (error: Error) => error,
      );
      expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
      expect(message).toMatch(/lines end in CR alone.*tr '\\r' '\\n'/);
      expect(message).not.toContain('secret');
    }
  });
});

describe('matchingFiles', () => {
  it('returns the files, and the matches that are not files with the reason', async () => {
    await writeFile(at('good.csv'), TEXT);
    await writeFile(at('two\nlines.csv'), TEXT);
    await symlink(at('good.csv'), at('link.csv'));
    await symlink('loop.csv', at('loop.csv'));
    await symlink('nowhere', at('dangling.csv'));
    await mkdir(at('folder.csv'));
    execFileSync('mkfifo', [at('pipe.csv')]);
    await writeFile(Buffer.concat([Buffer.from(`${folder}/M`), Buffer.from([0xfc]), Buffer.from('ller.csv')]), TEXT);
    const server = createServer().listen(at('socket.csv'));
    try {
      const { files, unusable } = await matchingFiles(at('*.csv'));
      expect([...files].sort()).toEqual([at('good.csv'), at('link.csv'), at('two\nlines.csv')].sort());
      const reasons = Object.fromEntries(unusable.map(({ path, reason }) => [path.slice(folder.length + 1), reason]));
      expect(reasons).toEqual({
        'loop.csv': expect.stringContaining('leads back to itself'),
        'dangling.csv': expect.stringContaining('a file that does not exist'),
        'folder.csv': expect.stringContaining('is a folder'),
        'pipe.csv': expect.stringContaining('is a pipe'),
        'socket.csv': expect.stringContaining('is a socket'),
        'M\ufffdller.csv': expect.stringContaining('not UTF-8'),
      });
      await expect(findCsvFiles([at('*.csv'), at('absent')])).rejects.toThrow(
        /folder\.csv is a folder[^]*loop\.csv is[^]*No file matches/,
      );
    } finally {
      server.close();
    }
  });

  it.each([
    ['s3://bucket/m.csv', /is a URL, not a file/],
    ['https://example.com/m.csv', /is a URL/],
    ['-', /Write it to a file first/],
    ['/dev/stdin', /Write it to a file first/],
    ['file://host/m.csv', /is not a URL of a local file/],
    [`/tmp/${'x'.repeat(300)}.csv`, /too long for the file system/],
    ['/dev', /is a folder/],
    ['/dev/null', /is a device/],
  ])('refuses %s with the reason', async (pattern, message) => {
    await expect(findCsvFiles([pattern])).rejects.toThrow(message);
    await expect(findCsvFiles([pattern])).rejects.not.toThrow('Check the path');
  });

  it('accepts a file:// URL', async () => {
    await writeFile(at('a b.csv'), TEXT);
    expect(await findCsvFiles([`file://${folder}/a%20b.csv`])).toEqual([at('a b.csv')]);
  });
});
