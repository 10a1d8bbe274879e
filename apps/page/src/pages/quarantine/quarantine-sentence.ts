import { fullCount } from '../../format/number.js';

export interface ReasonCount {
  readonly reason: string;
  readonly records: number;
}

/** What was rejected, and why most often. A record counts once for each of its reasons. */
export function quarantineSentence(
  total: number | null,
  counts: readonly ReasonCount[],
  newest: string | null,
): string {
  if (total === null) return 'Rejected records, newest first.';
  if (total === 0) return 'Nothing is in quarantine: no record was rejected.';
  const most = [...counts].sort((one, other) => other.records - one.records)[0];
  const records = total === 1 ? 'One record is in quarantine' : `${fullCount(total)} records are in quarantine`;
  const why =
    most === undefined
      ? ''
      : total === 1
        ? `, for ${most.reason}`
        : `, most of them for ${most.reason} (${fullCount(most.records)})`;
  return `${records}${mostly(why, most, total)}.${newest === null ? '' : ` The newest came ${newest}.`}`;
}

/** "Most of them" is said of more than half only. */
function mostly(why: string, most: ReasonCount | undefined, total: number): string {
  return most !== undefined && most.records * 2 <= total ? why.replace('most of them', 'most often') : why;
}

/** What the filters select, in words; empty without filters. */
export function filterText(query: Readonly<Record<string, string | undefined>>): string {
  const { reason, column, from, to, topic, partition } = query;
  const parts = [
    reason === undefined ? null : `for ${reason}`,
    column === undefined ? null : `in the column ${column}`,
    from === undefined ? null : `rejected on ${from} or later`,
    to === undefined ? null : `rejected on ${to} or earlier`,
    topic === undefined ? null : `from the topic ${topic === '' ? 'without a name' : topic}`,
    partition === undefined ? null : `from partition ${partition}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : `Shown are records ${parts.join(', ')}.`;
}
