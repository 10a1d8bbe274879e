import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReplacedFile } from './replaced-file.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replaced-file-'));
  file = join(folder, 'cert.pem');
});

afterEach(() => rm(folder, { recursive: true }));

it('reads a file again each time, and keeps its last content while it is missing or empty', async () => {
  await writeFile(file, 'first');
  expect(readReplacedFile(file).toString()).toBe('first');
  await rm(file);
  expect(readReplacedFile(file).toString()).toBe('first');
  await writeFile(file, '');
  expect(readReplacedFile(file).toString()).toBe('first');
  await writeFile(file, 'second');
  expect(readReplacedFile(file).toString()).toBe('second');
});

it('fails if there never was a file', () => {
  expect(() => readReplacedFile(file)).toThrow(`${file} does not exist`);
});
