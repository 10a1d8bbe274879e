import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { containerOf, quoted, refuseOtherFormats } from './file-format.js';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const utf32 = (text: string): Buffer =>
  Buffer.concat([...text].map((letter) => Buffer.from([...Buffer.from(letter), 0, 0, 0])));

describe('containerOf', () => {
  it.each([
    ['m.csv', Buffer.from('id,name'), 'plain'],
    ['m.csv', Buffer.alloc(0), 'plain'],
    ['m.csv', gzipSync(''), 'gzip'],
    ['m.csv', Buffer.from('PK\x03\x04'), 'zip'],
    ['m.csv.gz', Buffer.from('id,name'), 'plain'],
    ['m.csv.gz', Buffer.from([0x1e, 0x8b, 8, 0]), 'gzip'],
  ])('goes by the first bytes, not by the name: %s', (name, head, container) => {
    expect(containerOf(name, head)).toBe(container);
  });
});

describe('refuseOtherFormats', () => {
  it.each([
    ['UTF-16', utf16('\ufeffid,name'), 'iconv -f UTF-16LE'],
    ['UTF-16', utf16('id,name'), 'iconv -f UTF-16LE'],
    ['UTF-16', swapped(utf16('\ufeffid,name')), 'iconv -f UTF-16BE'],
    ['UTF-16', swapped(utf16('id,name')), 'iconv -f UTF-16BE'],
    ['UTF-32', Buffer.concat([Buffer.from('fffe0000', 'hex'), utf32('id')]), 'iconv -f UTF-32LE'],
    ['UTF-32', utf32('id'), 'iconv -f UTF-32LE'],
    ['Zstandard', Buffer.from('28b52ffd0458', 'hex'), "zstd -d 'a b.csv'"],
    ['bzip2', Buffer.from('BZh91AY'), "bunzip2 -k 'a b.csv'"],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), "xz -dk 'a b.csv'"],
    ['7-Zip', Buffer.from('377abcaf271c00', 'hex'), "7z x 'a b.csv'"],
    ['Parquet', Buffer.from('PAR1\x15'), 'pandas.read_parquet'],
    ['Excel', Buffer.from('d0cf11e0a1b1', 'hex'), 'save it as "CSV UTF-8'],
    ['tar', Buffer.concat([Buffer.alloc(257, 'm'), Buffer.from('ustar\0')]), 'tar -xf'],
    ['gzip', gzipSync('x'), 'gunzip -k'],
    ['web page', Buffer.from('<!DOCTYPE html><html>'), 'Fetch the file again'],
    ['Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1'), 'git lfs pull'],
    ['binary data', Buffer.from([0x69, 0, 0, 7, 9]), 'Check what it is'],
  ])('names %s and the command that mends it', (name, head, remedy) => {
    const refusal = () => refuseOtherFormats('a b.csv', head);
    expect(refusal).toThrow(expect.objectContaining({ code: 'CSV_FORMAT_UNKNOWN' }));
    expect(refusal).toThrow(name);
    expect(refusal).toThrow(remedy);
  });

  it.each(['id,name\n', '\ufeffid', 'i', '', '"id"', 'é', 'versions,id'])('accepts %j', (text) => {
    expect(() => refuseOtherFormats('m.csv', Buffer.from(text))).not.toThrow();
  });
});

describe('quoted', () => {
  it('makes one word for a shell', () => {
    expect(['/data/m-1.csv', "it's $HOME.csv"].map(quoted)).toEqual(['/data/m-1.csv', `'it'\\''s $HOME.csv'`]);
  });
});
