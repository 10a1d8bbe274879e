import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv, secret } from './env.js';

const shape = { EXAMPLE_PASSWORD: secret('EXAMPLE_PASSWORD').optional() };

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-'));
  file = join(folder, 'password');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a secret in a file', () => {
  it('is read again when it has changed, without its line break', async () => {
    await writeFile(file, 'first\n');
    const { EXAMPLE_PASSWORD: password } = readEnv(shape, { EXAMPLE_PASSWORD_FILE: file });
    expect(password?.value).toBe('first');
    await writeFile(file, ' second ');
    expect(password?.value).toBe(' second ');
  });

  it('stays what it was while the file is gone', async () => {
    await writeFile(file, 'kept');
    const { EXAMPLE_PASSWORD: password } = readEnv(shape, { EXAMPLE_PASSWORD_FILE: file });
    await rm(file);
    expect(password?.value).toBe('kept');
  });

  it.each([
    ['that is not there', {}, /EXAMPLE_PASSWORD_FILE names .*, which does not exist/],
    ['and in its variable', { EXAMPLE_PASSWORD: 'other' }, /are both set: unset one of them/],
  ])('%s is refused at the start', async (what, more, message) => {
    const missing = what.includes('not there');
    if (!missing) await writeFile(file, 'value');
    const env = { EXAMPLE_PASSWORD_FILE: missing ? join(folder, 'none') : file, ...more };
    expect(() => readEnv(shape, env)).toThrow(message);
  });

  it('that is empty is refused', async () => {
    await writeFile(file, '\n');
    expect(() => readEnv(shape, { EXAMPLE_PASSWORD_FILE: file })).toThrow('which is empty');
  });
});
