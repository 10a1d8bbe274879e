import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { apiToken } from './api-token.js';

describe('apiToken', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'api-token-'));
    file = join(folder, 'api-token');
    delete process.env.GATEWAY_API_TOKEN;
  });
  afterEach(async () => {
    delete process.env.GATEWAY_API_TOKEN;
    await rm(folder, { recursive: true });
  });

  it('makes a token once, in a file that only its owner can read', async () => {
    const token = await apiToken(file);
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    expect(await apiToken(file)).toBe(token);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('closes a file that others could read', async () => {
    await writeFile(file, 'a-token-of-an-earlier-run', { mode: 0o644 });
    expect(await apiToken(file)).toBe('a-token-of-an-earlier-run');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('prefers the token of the environment', async () => {
    await apiToken(file);
    process.env.GATEWAY_API_TOKEN = 'a-token-of-the-environment';
    expect(await apiToken(file)).toBe('a-token-of-the-environment');
    expect(await readFile(file, 'utf8')).toBe('a-token-of-the-environment');
  });
});
