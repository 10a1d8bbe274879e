import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { gunzip } from './gzip-members.js';

const NUL = Buffer.alloc(1);
// More than a piece of the file, and hardly compressible.
const text = Array.from({ length: 20_000 }, (_, i) => `${i},${(i * 2_654_435_761) % 4_294_967_296}\n`).join('');
const one = gzipSync(text);

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The output, and the code of the error that ends it. */
async function read(bytes: Buffer, size = 32_768): Promise<[content: string, error?: string]> {
  const output: Buffer[] = [];
  try {
    for await (const chunk of gunzip('m.csv.gz', pieces(bytes, size))) output.push(chunk);
    return [Buffer.concat(output).toString()];
  } catch (error) {
    return [Buffer.concat(output).toString(), (error as { code: string }).code];
  }
}

/** A header with all optional fields. */
function withFullHeader(bytes: Buffer): Buffer {
  const header = Buffer.from(bytes.subarray(0, 10));
  header[3] = 2 | 4 | 8 | 16;
  const extra = Buffer.concat([Buffer.from([3, 0]), Buffer.from('abc')]);
  return Buffer.concat([header, extra, Buffer.from('name\0comment\0'), Buffer.from([1, 2]), bytes.subarray(10)]);
}

describe('gunzip', () => {
  it.each([
    ['one member', one, text],
    ['several', Buffer.concat([one, gzipSync(''), one]), text + text],
    ['a NUL behind the end', Buffer.concat([one, NUL]), text],
    ['much padding behind the end', Buffer.concat([one, Buffer.alloc(200_000)]), text],
    ['padding between two', Buffer.concat([one, Buffer.alloc(700), one, Buffer.alloc(40_000)]), text + text],
    ['every field of a header', withFullHeader(one), text],
    ['an empty file', Buffer.alloc(0), ''],
    ['the gzip of an empty file', gzipSync(''), ''],
  ])('reads %s, wherever the pieces end', async (_, bytes, content) => {
    expect(await read(bytes)).toEqual([content]);
    for (const size of [997, one.length, one.length - 8, one.length + 1])
      expect(await read(bytes, size)).toEqual([content]);
  });

  it.each([1, 9, 10, 11, one.length - 9, one.length - 1])('reports data truncated after %i bytes', async (length) => {
    const [content, error] = await read(one.subarray(0, length));
    expect(error).toBe('CSV_GZIP_TRUNCATED');
    expect(text.startsWith(content)).toBe(true);
    if (length > one.length - 9) expect(content).toBe(text);
  });

  const wrongSum = Buffer.from(one);
  wrongSum[one.length - 5]! ^= 1;
  it.each([
    ['other bytes behind the end', Buffer.concat([one, Buffer.from('garbage')])],
    ['other bytes behind padding', Buffer.concat([one, Buffer.alloc(600), Buffer.from('g')])],
    ['a wrong checksum', wrongSum],
  ])('gives all that is sound before it reports %s', async (_, bytes) => {
    expect(await read(bytes)).toEqual([text, 'CSV_GZIP_CORRUPT']);
  });

  it('reports data that does not inflate', async () => {
    const broken = Buffer.from(one);
    broken.fill(0xff, 50_000, 50_100);
    expect((await read(broken))[1]).toBe('CSV_GZIP_CORRUPT');
  });
});
