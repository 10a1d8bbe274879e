import type { SkipReason } from '#schema/skipped-records.js';

/** How far the mart is in a partition of the topic with this id. */
export interface KnownPosition {
  readonly topicId: string;
  /** All records before it are in the mart. */
  readonly next: bigint;
  /** End of the partition when it was last seen. */
  readonly end: bigint;
}

export interface PartitionFacts {
  /** Id of the current topic; empty if the brokers have no topic ids. */
  readonly topicId: string;
  /** Negative if nothing is committed. */
  readonly committed: bigint;
  /** Topic id in the commit's metadata; undefined if another program committed. */
  readonly mark: string | undefined;
  readonly low: bigint;
  readonly high: bigint;
  /** Positions in the mart; undefined if the mart has no table for them yet. */
  readonly known: readonly KnownPosition[] | undefined;
  /** The position that this consumer stored last. The mart has lost it if its own is lower. */
  readonly stored?: bigint | undefined;
}

/** Why records are read again. */
export const REWIND_REASONS = ['database_set_back', 'log_truncated'] as const;

export type RewindReason = (typeof REWIND_REASONS)[number];

export interface SkippedRange {
  readonly topicId: string;
  readonly from: bigint;
  /** Exclusive. */
  readonly to: bigint;
  readonly reason: SkipReason;
}

export interface PartitionStart {
  readonly offset: bigint;
  readonly skipped: readonly SkippedRange[];
  /** Why reading does not continue at the committed offset. */
  readonly why?: string;
  /** Set if records are read again because the database or the partition has lost what it had. */
  readonly rewind?: RewindReason | undefined;
}

/**
 * Decides where to start reading a partition, and which records are skipped. A committed offset counts only if it was
 * committed for this topic id. The position in the mart shows whether somebody else moved the offsets forward, whether the
 * database was set back (a failover to a standby that was behind, an older backup, a new database), and whether the partition
 * has lost records at its end.
 */
export function startOfPartition(facts: PartitionFacts): PartitionStart {
  const { topicId, committed, low, known = [] } = facts;
  // Positions without an id were stored before the brokers had topic ids.
  const current = known.find((each) => each.topicId === topicId) ?? known.find((each) => each.topicId === '');
  const former = topicId === '' ? [] : known.filter((each) => each.topicId !== topicId && each.topicId !== '');
  const skipped: SkippedRange[] = former
    .filter(({ next, end }) => end > next)
    .map(({ topicId: formerId, next, end }) => ({ topicId: formerId, from: next, to: end, reason: 'topic_recreated' }));

  const { wanted, why, rewind } = wantedOffset(facts, current, former.length > 0);
  if (current !== undefined || former.length > 0) {
    const from = current?.next ?? low;
    const isForeign = wanted === committed && facts.mark === undefined;
    if (isForeign && wanted > from) skipped.push({ topicId, from, to: wanted, reason: 'offsets_moved' });
  }
  const unread = current !== undefined && current.next > wanted ? current.next : wanted;
  if (unread < low) skipped.push({ topicId, from: unread, to: low, reason: 'deleted' });
  return { offset: wanted < low ? low : wanted, skipped, why, rewind };
}

function wantedOffset(
  facts: PartitionFacts,
  current: KnownPosition | undefined,
  hasFormer: boolean,
): { wanted: bigint; why?: string; rewind?: RewindReason | undefined } {
  const { topicId, committed, mark, low, high } = facts;
  const isOfOtherTopic = Boolean(mark) && topicId !== '' && mark !== topicId;
  if (isOfOtherTopic || (hasFormer && current === undefined && (committed < 0n || committed > high))) {
    return { wanted: 0n, why: 'the topic was recreated' };
  }
  if (current !== undefined && current.next > high) {
    // New records may have the offsets of lost ones, up to the committed offset. An offset that somebody else set is obeyed.
    const isReset = mark === undefined && committed >= 0n && committed <= high;
    return {
      wanted: isReset ? committed : low,
      why: `the mart has position ${current.next}, but the partition ends at offset ${high}: it lost records (an unclean leader election, or a restore of Kafka)`,
      rewind: 'log_truncated',
    };
  }
  if (committed < 0n) return { wanted: current !== undefined && current.next < low ? current.next : low };
  if (committed > high) {
    const why = `the committed offset ${committed} lies beyond the end of the partition, ${high}`;
    return { wanted: low, why, rewind: mark === undefined ? undefined : 'log_truncated' };
  }
  return setBack(facts, current) ?? { wanted: committed };
}

/** Where reading starts if the mart lacks a position that was stored before offset `committed` was committed, or after. */
function setBack(
  { topicId, committed, mark, low, known, stored = -1n }: PartitionFacts,
  current: KnownPosition | undefined,
): { wanted: bigint; why: string; rewind: RewindReason } | undefined {
  if (mark === undefined) return undefined;
  const had = stored > committed ? stored : committed;
  const rewind = 'database_set_back';
  if (current !== undefined) {
    if (had <= current.next) return undefined;
    return {
      wanted: current.next < committed ? current.next : committed,
      why: `the mart has position ${current.next}, but position ${had} was stored: the database was set back (a failover to a standby that was behind, or an older backup)`,
      rewind,
    };
  }
  // The mark alone says little if there was no table: the mart may never have had a position.
  const hadPosition = (known !== undefined && mark === topicId) || stored >= 0n;
  if (!hadPosition || had <= low) return undefined;
  const missing = low > 0n ? `; records before offset ${low} are no longer in Kafka` : '';
  return {
    wanted: low,
    why: `the mart has no position, but position ${had} was stored: the database is new, was emptied, or was restored from an older backup${missing}`,
    rewind,
  };
}
