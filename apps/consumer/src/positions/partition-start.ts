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
  readonly known: readonly KnownPosition[];
}

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
}

/**
 * Decides where to start reading a partition, and which records are skipped. A committed offset counts only if it was
 * committed for this topic id. The position in the mart shows whether somebody else moved the offsets forward, or whether the
 * database was restored from an older backup.
 */
export function startOfPartition(facts: PartitionFacts): PartitionStart {
  const { topicId, committed, low, known } = facts;
  // Positions without an id were stored before the brokers had topic ids.
  const current = known.find((each) => each.topicId === topicId) ?? known.find((each) => each.topicId === '');
  const former = topicId === '' ? [] : known.filter((each) => each.topicId !== topicId && each.topicId !== '');
  const skipped: SkippedRange[] = former
    .filter(({ next, end }) => end > next)
    .map(({ topicId: formerId, next, end }) => ({ topicId: formerId, from: next, to: end, reason: 'topic_recreated' }));

  const { wanted, why } = wantedOffset(facts, current, former.length > 0);
  if (current !== undefined || former.length > 0) {
    const from = current?.next ?? low;
    const isForeign = wanted === committed && facts.mark === undefined;
    if (isForeign && wanted > from) skipped.push({ topicId, from, to: wanted, reason: 'offsets_moved' });
  }
  const unread = current !== undefined && current.next > wanted ? current.next : wanted;
  if (unread < low) skipped.push({ topicId, from: unread, to: low, reason: 'deleted' });
  return { offset: wanted < low ? low : wanted, skipped, why };
}

function wantedOffset(
  { topicId, committed, mark, low, high }: PartitionFacts,
  current: KnownPosition | undefined,
  hasFormer: boolean,
): { wanted: bigint; why?: string } {
  const isOfOtherTopic = Boolean(mark) && topicId !== '' && mark !== topicId;
  if (isOfOtherTopic || (hasFormer && current === undefined && (committed < 0n || committed > high))) {
    return { wanted: 0n, why: 'the topic was recreated' };
  }
  if (committed < 0n) return { wanted: current !== undefined && current.next < low ? current.next : low };
  if (committed > high) {
    return { wanted: low, why: `the committed offset ${committed} lies beyond the end of the partition, ${high}` };
  }
  if (mark !== undefined && current !== undefined && current.next < committed) {
    return {
      wanted: current.next,
      why: `the mart ends before offset ${current.next}, but offset ${committed} is committed: was an older backup of the database restored?`,
    };
  }
  return { wanted: committed };
}
