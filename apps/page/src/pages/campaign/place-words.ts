import { fullCount } from '../../format/number.js';

interface Ranked {
  readonly rank: number | null;
  readonly peers: number | null;
  readonly whole: number | null;
  readonly is_mature: boolean | null;
}

/** The rank among how many, or why there is none. */
export function placeWords({ rank, peers, whole, is_mature }: Ranked, leastSent: number, locale?: string): string {
  if (rank !== null) return peers === 0 ? 'no peers' : `of ${fullCount((peers ?? 0) + 1, locale)}`;
  const needed = Math.max(1, leastSent);
  if ((whole ?? 0) < needed) return `${fullCount(whole, locale)} messages, ${fullCount(needed, locale)} needed`;
  return is_mature === null ? 'no dated messages' : 'still arriving';
}
