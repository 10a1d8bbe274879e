import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { ANALYST_ROLE, APP_ROLE } from '#schema/mart/grant-access.js';
import { writePrivately } from '../services/write-privately.js';
import { configuredAnalystPassword } from './config/environment.js';

/** A URL for each role: the owner migrates, the apps read and write, analysts read. */
export interface RoleUrls {
  readonly owner: string;
  readonly apps: string;
  /** Undefined on a given server if no analyst password is set. */
  readonly analyst: string | undefined;
}

/**
 * On a server started here each role gets a random password. The analyst's password is kept in `analystFile`, so that open
 * clients can reconnect. On a given server the apps use the given URL.
 */
export async function roleUrls(owner: string, isOwnServer: boolean, analystFile: string): Promise<RoleUrls> {
  const given = configuredAnalystPassword();
  if (!isOwnServer) return { owner, apps: owner, analyst: given && urlOf(owner, ANALYST_ROLE, given) };
  return {
    owner,
    apps: urlOf(owner, APP_ROLE, newPassword()),
    analyst: urlOf(owner, ANALYST_ROLE, given ?? (await passwordIn(analystFile)) ?? newPassword()),
  };
}

/** Passwords for mart-init, which creates the roles. */
export function passwordsOf({ owner, apps, analyst }: RoleUrls): Record<string, string> {
  return {
    MART_APP_PASSWORD: apps === owner ? '' : passwordOf(apps),
    MART_ANALYST_PASSWORD: analyst === undefined ? '' : passwordOf(analyst),
  };
}

/** Writes a URL to a file that only its owner can read. Removes the file if there is no URL. */
export async function writeUrl(file: string, url: string | undefined): Promise<void> {
  if (url === undefined) await rm(file, { force: true });
  else await writePrivately(file, url);
}

function urlOf(owner: string, role: string, password: string): string {
  const url = new URL(owner);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

function passwordOf(url: string): string {
  return decodeURIComponent(new URL(url).password);
}

async function passwordIn(file: string): Promise<string | undefined> {
  const url = await readFile(file, 'utf8').catch(() => '');
  return URL.canParse(url) ? passwordOf(url) : undefined;
}

function newPassword(): string {
  return randomBytes(24).toString('hex');
}
