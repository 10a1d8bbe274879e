import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { BatchGatherer, type BatchLimits } from './batch-gatherer.js';
import type { GatheredBatch } from './kafka-batch.js';

type Batch = GatheredBatch;

/** Messages whose values have these sizes in bytes; null is a tombstone. */
function messages(...sizes: (number | null)[]): KafkaMessage[] {
  return sizes.map((size, i) => ({
    key: null,
    value: size === null ? null : Buffer.alloc(size),
    timestamp: '0',
    attributes: 0,
    offset: String(i),
    headers: {},
  }));
}

/** Runs the callbacks of promises that are already settled. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe('BatchGatherer', () => {
  let dispatched: Batch[];
  /** Functions that end the batches, in the order in which they were sent. */
  let ends: (() => void)[];

  beforeEach(() => {
    jest.useFakeTimers();
    dispatched = [];
    ends = [];
  });

  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  function gathererOf(limits: Partial<BatchLimits>, concurrency = 1): BatchGatherer {
    return new BatchGatherer({
      limits: { records: 1000, bytes: 1_000_000, milliseconds: 500, ...limits },
      concurrency,
      dispatch: (batch) => {
        dispatched.push(batch);
        return new Promise((resolve) => ends.push(resolve));
      },
    });
  }

  async function end(): Promise<void> {
    ends.shift()!();
    await settle();
  }

  const sizes = () => dispatched.map(({ records }) => records);

  it('sends a batch as soon as it reaches its number of records, across partitions', () => {
    const gatherer = gathererOf({ records: 3 });
    expect(gatherer.add('topic', 0, messages(10, 20), 0, '9')).toBe(2);
    expect(dispatched).toEqual([]);
    expect(gatherer.add('topic', 1, messages(30, 40), 0, '9')).toBe(1);

    expect(dispatched).toEqual([
      {
        chunks: [
          { topic: 'topic', partition: 0, messages: messages(10, 20), next: '9' },
          { topic: 'topic', partition: 1, messages: messages(30), next: '1' },
        ],
        records: 3,
        bytes: 60,
      },
    ]);
  });

  it('takes messages from the given index on', () => {
    const gatherer = gathererOf({ records: 2 });
    const all = messages(1, 2, 3, 4);
    expect(gatherer.add('topic', 0, all, 1, '9')).toBe(3);
    expect(dispatched[0]!.chunks[0]!.messages).toEqual(all.slice(1, 3));
  });

  it('sends a batch as soon as it reaches its number of bytes, including the record that reaches it', () => {
    const gatherer = gathererOf({ bytes: 100 });
    expect(gatherer.add('topic', 0, messages(60, null, 40, 1), 0, '9')).toBe(3);
    expect(dispatched).toMatchObject([{ records: 3, bytes: 100 }]);
  });

  it('accepts a single record that exceeds the size limit of a batch', () => {
    const gatherer = gathererOf({ bytes: 100 });
    expect(gatherer.add('topic', 0, messages(5000, 1), 0, '9')).toBe(1);
    expect(dispatched).toMatchObject([{ records: 1, bytes: 5000 }]);
  });

  it('sends a batch when its first record reaches the age limit', () => {
    const gatherer = gathererOf({ milliseconds: 500 });
    gatherer.add('topic', 0, messages(1), 0, '9');
    jest.advanceTimersByTime(300);
    gatherer.add('topic', 0, messages(1), 0, '9');
    jest.advanceTimersByTime(199);
    expect(dispatched).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sizes()).toEqual([2]);

    jest.advanceTimersByTime(5000);
    expect(sizes()).toEqual([2]);
  });

  it('sends the last position of each partition in which no offset had a record', () => {
    const gatherer = gathererOf({ milliseconds: 500 });
    gatherer.addEmpty('topic', 0, '4');
    gatherer.add('topic', 1, messages(1), 0, '1');
    gatherer.addEmpty('topic', 1, '5');
    gatherer.addEmpty('topic', 0, '7');
    jest.advanceTimersByTime(500);

    expect(dispatched).toEqual([
      {
        chunks: [
          { topic: 'topic', partition: 0, messages: [], next: '7' },
          { topic: 'topic', partition: 1, messages: messages(1), next: '5' },
        ],
        records: 1,
        bytes: 1,
      },
    ]);
  });

  it('has no room while a full batch waits for batches in progress', async () => {
    const gatherer = gathererOf({ records: 2 }, 2);
    for (let batch = 0; batch < 3; batch++) {
      expect(gatherer.hasRoom).toBe(true);
      gatherer.add('topic', 0, messages(1, 1), 0, '9');
    }
    expect(sizes()).toEqual([2, 2]);
    expect(gatherer.hasRoom).toBe(false);
    expect(gatherer.add('topic', 0, messages(1, 1), 0, '9')).toBe(0);

    await end();
    expect(sizes()).toEqual([2, 2, 2]);
    expect(gatherer.hasRoom).toBe(true);
  });

  it('keeps filling a due batch while it waits', async () => {
    const gatherer = gathererOf({ records: 10 });
    gatherer.add('topic', 0, messages(1), 0, '9');
    jest.advanceTimersByTime(500);
    gatherer.add('topic', 0, messages(1), 0, '9');
    jest.advanceTimersByTime(500);
    expect(sizes()).toEqual([1]);
    expect(gatherer.add('topic', 0, messages(1, 1), 0, '9')).toBe(2);

    await end();
    expect(sizes()).toEqual([1, 3]);
  });

  describe('change', () => {
    it('resolves when there is room again', async () => {
      const gatherer = gathererOf({ records: 1 });
      gatherer.add('topic', 0, messages(1), 0, '9');
      gatherer.add('topic', 0, messages(1), 0, '9');
      const changed = jest.fn();
      const change = gatherer.nextChange(2000).then(changed);
      await settle();
      expect(changed).not.toHaveBeenCalled();

      await end();
      await change;
      expect(gatherer.hasRoom).toBe(true);
    });

    it('resolves after the given time at the latest, to allow a heartbeat', async () => {
      const gatherer = gathererOf({});
      const change = gatherer.nextChange(2000);
      jest.advanceTimersByTime(2000);
      await change;
    });
  });

  it('clear discards the unsent batch and its timer', async () => {
    const gatherer = gathererOf({ records: 2 });
    gatherer.add('topic', 0, messages(1, 1), 0, '9');
    gatherer.add('topic', 0, messages(1), 0, '9');
    const change = gatherer.nextChange(10_000);
    gatherer.clear();
    await change;
    jest.advanceTimersByTime(10_000);
    await end();
    expect(sizes()).toEqual([2]);

    gatherer.add('topic', 5, messages(7, 7), 0, '9');
    expect(dispatched[1]).toMatchObject({ chunks: [{ partition: 5 }], records: 2, bytes: 14 });
  });

  it('drain resolves when no batch is in progress, including batches sent meanwhile', async () => {
    const gatherer = gathererOf({ records: 1 }, 2);
    await gatherer.drain();
    gatherer.add('topic', 0, messages(1), 0, '9');
    const drained = jest.fn();
    void gatherer.drain().then(drained);
    gatherer.add('topic', 0, messages(1), 0, '9');
    await end();
    expect(drained).not.toHaveBeenCalled();
    await end();
    expect(drained).toHaveBeenCalled();
  });
});
