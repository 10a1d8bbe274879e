import type { Connection } from './stream-messages.js';

/** The gateway sends at least one event a second; the data is stale when one is overdue. */
const STALE_MS = 3000;

export function isStaleAt({ receivedAt }: Connection, now: number): boolean {
  return receivedAt === null || now - receivedAt > STALE_MS;
}

/** "live, 0.4 s old"; "7 s old, reconnecting (try 3, next in 4 s)". */
export function connectionText(connection: Connection, now: number, duration: (seconds: number) => string): string {
  const { state, attempt, retryAt, receivedAt } = connection;
  const ageMs = receivedAt === null ? null : Math.max(0, now - receivedAt);
  const age = ageMs === null ? 'no data yet' : `${duration(Math.round(ageMs / 100) / 10)} old`;
  if (state === 'live' && !isStaleAt(connection, now)) return `live, ${age}`;
  if (attempt === 0) return ageMs === null ? 'connecting' : age;
  const next = retryAt === null ? 'now' : `next in ${Math.max(0, Math.ceil((retryAt - now) / 1000))} s`;
  return `${age}, reconnecting (try ${attempt}, ${next})`;
}
