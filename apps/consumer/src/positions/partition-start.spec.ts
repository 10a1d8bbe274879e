import { describe, expect, it } from '@jest/globals';
import { startOfPartition, type PartitionFacts } from './partition-start.js';

const facts: PartitionFacts = { topicId: 'B', committed: -1n, mark: undefined, low: 0n, high: 100n, known: [] };
const start = (more: Partial<PartitionFacts>) => startOfPartition({ ...facts, ...more });
const range = (from: bigint, to: bigint, reason: string, topicId = 'B') => ({ topicId, from, to, reason });

describe('startOfPartition', () => {
  it.each<[string, Partial<PartitionFacts>, bigint]>([
    ['a new group starts at the first record', { low: 7n }, 7n],
    [
      'a commit of the consumer is used',
      { committed: 30n, mark: 'B', known: [{ topicId: 'B', next: 30n, end: 30n }] },
      30n,
    ],
    [
      'a commit of the consumer is used if the mart has no table of positions',
      { committed: 30n, mark: 'B', known: undefined },
      30n,
    ],
    ['a commit without a mark is used if nothing else is known', { committed: 30n }, 30n],
    ['a commit for the previous topic is ignored', { committed: 30n, mark: 'A' }, 0n],
    ['a commit beyond the end is ignored', { committed: 130n }, 0n],
    ['a commit of the consumer from brokers without topic ids is used', { committed: 30n, mark: '' }, 30n],
    ['deleted offsets restart at the first record', { known: [{ topicId: 'B', next: 50n, end: 50n }] }, 0n],
    [
      'positions from brokers without topic ids are used',
      { committed: 9n, known: [{ topicId: '', next: 9n, end: 9n }] },
      9n,
    ],
    ['an administrator may move back', { committed: 20n, known: [{ topicId: 'B', next: 50n, end: 50n }] }, 20n],
  ])('%s, and nothing is skipped', (_, more, offset) => {
    expect(start(more)).toMatchObject({ offset, skipped: [] });
  });

  it('counts records that were deleted before they were read', () => {
    expect(start({ committed: 30n, mark: 'B', low: 60n })).toMatchObject({
      offset: 60n,
      skipped: [range(30n, 60n, 'deleted')],
    });
    // kafkajs commits -2 if an offset is out of range.
    expect(start({ committed: -2n, low: 60n, known: [{ topicId: 'B', next: 30n, end: 80n }] })).toMatchObject({
      offset: 60n,
      skipped: [range(30n, 60n, 'deleted')],
    });
    expect(start({ committed: 30n, mark: 'A', low: 5n })).toMatchObject({ skipped: [range(0n, 5n, 'deleted')] });
  });

  it('counts records that a foreign commit skipped', () => {
    const known = [{ topicId: 'B', next: 30n, end: 80n }];
    expect(start({ committed: 100n, known })).toMatchObject({
      offset: 100n,
      skipped: [range(30n, 100n, 'offsets_moved')],
    });
    const former = [{ topicId: 'A', next: 70n, end: 70n }];
    expect(start({ committed: 100n, known: former })).toMatchObject({
      offset: 100n,
      skipped: [range(0n, 100n, 'offsets_moved')],
    });
  });

  describe('after the database was set back', () => {
    const known = [{ topicId: 'B', next: 30n, end: 80n }];
    const rewind = 'database_set_back';

    it('returns to the position in the mart', () => {
      expect(start({ committed: 90n, mark: 'B', known })).toMatchObject({ offset: 30n, skipped: [], rewind });
      expect(start({ committed: 90n, mark: 'B', known, low: 40n })).toMatchObject({
        ...{ offset: 40n, rewind },
        skipped: [range(30n, 40n, 'deleted')],
      });
    });

    it('returns to the first record if the mart has no position', () => {
      expect(start({ committed: 90n, mark: 'B' })).toMatchObject({
        ...{ offset: 0n, skipped: [], rewind },
        why: expect.stringMatching(/no position, .* or was restored from an older backup$/),
      });
      const former = [{ topicId: 'A', next: 30n, end: 30n }];
      expect(start({ committed: 90n, mark: 'B', known: former, low: 5n })).toMatchObject({
        ...{ offset: 5n, skipped: [], rewind },
        why: expect.stringMatching(/records before offset 5 are no longer in Kafka$/),
      });
    });

    it('notices it by the position that this consumer stored, even without a commit or a table', () => {
      const why = expect.stringContaining('position 50 was stored');
      expect(start({ committed: 20n, mark: 'B', stored: 50n, known })).toMatchObject({ offset: 20n, why, rewind });
      expect(start({ committed: 40n, mark: 'B', stored: 50n, known })).toMatchObject({ offset: 30n, why, rewind });
      expect(start({ committed: 50n, mark: 'B', stored: 50n, known: undefined })).toMatchObject({ offset: 0n, rewind });
    });

    it.each<[string, Partial<PartitionFacts>, bigint]>([
      ['nothing was read', { committed: 7n, mark: 'B', low: 7n }, 7n],
      ['an administrator set the offset', { committed: 20n, known, stored: 50n }, 20n],
      ['the commit is from brokers without topic ids', { committed: 20n, mark: '' }, 20n],
      ['the mart is ahead of the commit', { committed: 20n, mark: 'B', stored: 30n, known }, 20n],
    ])('is not assumed if %s', (_, more, offset) => {
      expect(start(more)).toEqual({ offset, skipped: [], why: undefined, rewind: undefined });
    });
  });

  describe('after the partition lost records', () => {
    const known = [{ topicId: 'B', next: 130n, end: 130n }];
    const rewind = 'log_truncated';

    it('returns to the first record', () => {
      const why = expect.stringMatching(
        /^the mart has position 130, but the partition ends at offset 100: it lost records/,
      );
      expect(start({ committed: 90n, mark: 'B', known, low: 5n })).toMatchObject({
        offset: 5n,
        skipped: [],
        why,
        rewind,
      });
      expect(start({ committed: 130n, mark: 'B', known })).toMatchObject({ offset: 0n, skipped: [], why, rewind });
      expect(start({ known })).toMatchObject({ offset: 0n, skipped: [], why, rewind });
      expect(start({ committed: 130n, mark: 'B' })).toMatchObject({ offset: 0n, rewind });
    });

    it('obeys an administrator', () => {
      expect(start({ committed: 20n, known })).toMatchObject({ offset: 20n, skipped: [], rewind });
    });
  });

  it('counts unread records of a re-created topic', () => {
    const known = [{ topicId: 'A', next: 30n, end: 80n }];
    const lost = [range(30n, 80n, 'topic_recreated', 'A')];
    expect(start({ known })).toMatchObject({ offset: 0n, skipped: lost, why: expect.stringMatching(/recreated/) });
    expect(start({ known, committed: 30n, mark: 'A' })).toMatchObject({ offset: 0n, skipped: lost });
  });
});
