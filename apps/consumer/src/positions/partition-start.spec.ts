import { describe, expect, it } from '@jest/globals';
import { startOfPartition, type PartitionFacts } from './partition-start.js';

const facts: PartitionFacts = { topicId: 'B', committed: -1n, mark: undefined, low: 0n, high: 100n, known: [] };
const start = (more: Partial<PartitionFacts>) => startOfPartition({ ...facts, ...more });
const range = (from: bigint, to: bigint, reason: string, topicId = 'B') => ({ topicId, from, to, reason });

describe('startOfPartition', () => {
  it.each<[string, Partial<PartitionFacts>, bigint]>([
    ['a new group starts at the first record', { low: 7n }, 7n],
    ['a commit of the consumer is used', { committed: 30n, mark: 'B' }, 30n],
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

  it('returns to the position in the mart after a restore of the database', () => {
    const known = [{ topicId: 'B', next: 30n, end: 30n }];
    expect(start({ committed: 90n, mark: 'B', known })).toMatchObject({ offset: 30n, skipped: [] });
    expect(start({ committed: 90n, mark: 'B', known, low: 40n })).toMatchObject({
      offset: 40n,
      skipped: [range(30n, 40n, 'deleted')],
    });
  });

  it('counts unread records of a re-created topic', () => {
    const known = [{ topicId: 'A', next: 30n, end: 80n }];
    const lost = [range(30n, 80n, 'topic_recreated', 'A')];
    expect(start({ known })).toMatchObject({ offset: 0n, skipped: lost, why: expect.stringMatching(/recreated/) });
    expect(start({ known, committed: 30n, mark: 'A' })).toMatchObject({ offset: 0n, skipped: lost });
  });
});
