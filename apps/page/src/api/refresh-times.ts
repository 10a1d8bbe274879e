/** Figures are read again when the mart has changed, but not more often than this. */
export const REFRESH_MS = 30_000;

/** A refresh so soon after the last one could get the same answer from the gateway's cache. */
export const TOO_SOON_MS = 5000;

/**
 * How long to wait before an address is read again. While the mart changes, each address has its own moments, the same on all open
 * pages: the gateway then answers all of them with one query. After a pause it is read at once, again by all pages together.
 *
 * @param sinceRead ms since it was read last
 * @param now ms since the epoch by the gateway's clock, which all pages share
 * @returns ms, at most REFRESH_MS + TOO_SOON_MS
 */
export function untilRefresh(address: string, sinceRead: number, now: number): number {
  if (sinceRead >= REFRESH_MS) return 0;
  const least = Math.max(0, TOO_SOON_MS - sinceRead);
  return least + modulo(phaseOf(address) - now - least, REFRESH_MS);
}

/** Spreads the addresses over the time between two refreshes. */
function phaseOf(address: string): number {
  let sum = 0;
  for (const character of address) sum = (sum * 31 + character.codePointAt(0)!) % REFRESH_MS;
  return sum;
}

function modulo(dividend: number, divisor: number): number {
  return ((dividend % divisor) + divisor) % divisor;
}
