import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writePrivately } from '../services/write-privately.js';
import { configuredApiToken } from './config/environment.js';

/** The gateway's token: the given one, or a random one that is kept in the file, so that an open page can go on using it. */
export async function apiToken(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  const token = configuredApiToken() ?? (kept.trim() || randomBytes(24).toString('hex'));
  await writePrivately(file, token);
  return token;
}
