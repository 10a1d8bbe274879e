import type { Connection } from './stream-messages.js';

/** The gateway sends at least one event a second; the data is stale when one is overdue. */
const STALE_MS = 3000;

/** "live, 0.4 s old"; "7 s old, reconnecting (try 3, next in 4 s)". */
export function connectionText(
  { state, attempt, retryAt, receivedAt }: Connection,
  now: number,
  duration: (seconds: number) => string,
): { readonly text: string; readonly isStale: boolean } {
  const ageMs = receivedAt === null ? null : Math.max(0, now - receivedAt);
  const isStale = ageMs === null || ageMs > STALE_MS;
  const age = ageMs === null ? 'no data yet' : `${duration(Math.round(ageMs / 100) / 10)} old`;
  if (state === 'live' && !isStale) return { text: `live, ${age}`, isStale };
  if (attempt === 0) return { text: ageMs === null ? 'connecting' : age, isStale };
  const next = retryAt === null ? 'now' : `next in ${Math.max(0, Math.ceil((retryAt - now) / 1000))} s`;
  return { text: `${age}, reconnecting (try ${attempt}, ${next})`, isStale };
}
