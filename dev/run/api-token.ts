import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { configuredApiToken } from './config/environment.js';

/** The gateway's token: the given one, or a random one that is kept in the file, so that an open page can go on using it. */
export async function apiToken(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  const token = configuredApiToken() ?? (kept.trim() || randomBytes(24).toString('hex'));
  await writeFile(file, token, { mode: 0o600 });
  return token;
}
