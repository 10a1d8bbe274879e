import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passwordsOf, roleUrls, writeUrl } from './role-urls.js';

const OWNER = 'postgresql://messaging:secret@127.0.0.1:5432/messaging';

describe('the roles of a run', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'role-urls-'));
    file = join(folder, 'analyst-url');
    delete process.env['MART_ANALYST_PASSWORD'];
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('have their own passwords on a server that the run starts, and mart-init receives them', async () => {
    const urls = await roleUrls(OWNER, true, file);
    expect(new URL(urls.apps).username).toBe('messaging_app');
    expect(new URL(urls.analyst!).username).toBe('analyst');
    expect(passwordsOf(urls)).toEqual({
      MART_APP_PASSWORD: new URL(urls.apps).password,
      MART_ANALYST_PASSWORD: new URL(urls.analyst!).password,
    });
    expect(new Set([urls.owner, urls.apps, urls.analyst].map((url) => new URL(url!).password)).size).toBe(3);
  });

  it("keep the analyst's password between runs, in a file that only its owner can read", async () => {
    const { analyst } = await roleUrls(OWNER, true, file);
    await writeUrl(file, analyst);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await roleUrls(OWNER.replace('5432', '5433'), true, file);
    expect(again.analyst).toBe(analyst!.replace('5432', '5433'));
  });

  it('use only the given URL and MART_ANALYST_PASSWORD on a given server', async () => {
    expect(await roleUrls(OWNER, false, file)).toEqual({ owner: OWNER, apps: OWNER, analyst: undefined });
    expect(passwordsOf(await roleUrls(OWNER, false, file))).toEqual({
      MART_APP_PASSWORD: '',
      MART_ANALYST_PASSWORD: '',
    });

    process.env['MART_ANALYST_PASSWORD'] = 'a/b @c-long-enough';
    const urls = await roleUrls(OWNER, false, file);
    expect(urls.analyst).toBe('postgresql://analyst:a%2Fb%20%40c-long-enough@127.0.0.1:5432/messaging');
    expect(passwordsOf(urls).MART_ANALYST_PASSWORD).toBe('a/b @c-long-enough');
  });

  it('remove the file if there is no analyst', async () => {
    await writeUrl(file, OWNER);
    await writeUrl(file, undefined);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});
