import type { Proportion } from './rates.js';

export type Verdict = 'higher' | 'lower' | 'unclear';

/**
 * How the first of two rates stands to the second: it differs if their 95 % intervals do not overlap, which is stricter than a
 * test at 95 %.
 */
export function verdictOf(first: Proportion, second: Proportion): Verdict {
  if (first.low === null || first.high === null || second.low === null || second.high === null) return 'unclear';
  if (first.low > second.high) return 'higher';
  return first.high < second.low ? 'lower' : 'unclear';
}
