import type { Admin } from 'kafkajs';
import { replaceProtocol } from './replace-protocol.js';

interface ListOffsets {
  /** kafkajs names one for consumers alone. */
  readonly isolationLevel?: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
  }[];
}
type MakeRequest = (args: ListOffsets) => unknown;

const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const LATEST = -1;

/** In place of a time, as kafkajs' admin takes no isolation level. No broker gets to see it. */
const READABLE_END = Number.MIN_SAFE_INTEGER;

/**
 * Lets `admin.fetchTopicOffsets` give the real ends of partitions. kafkajs' own gives those that consumers can read up to, so
 * that all behind an open transaction seems not to be there, and no consumer to be behind. Replaces one function, the one that makes
 * ListOffsets requests, for all clients of this process. Safe to call again.
 */
export function seeOpenTransactions(): void {
  replaceProtocol<MakeRequest>('listOffsets', (protocol) => (options) => {
    const make = protocol(options);
    return ({ isolationLevel = READ_UNCOMMITTED, topics }) => {
      const [first] = topics[0]?.partitions ?? [];
      if (first?.timestamp !== READABLE_END) return make({ isolationLevel, topics });
      const latest = topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((each) => ({ ...each, timestamp: LATEST })),
      }));
      return make({ isolationLevel: READ_COMMITTED, topics: latest });
    };
  });
}

/**
 * The offset up to which consumers can read each partition: its end, or the first record of a transaction that is still open (the
 * "last stable offset").
 *
 * @param admin connected, of a client that `createKafka` made.
 */
export async function readableEnds(
  admin: Pick<Admin, 'fetchTopicOffsetsByTimestamp'>,
  topic: string,
): Promise<Map<number, bigint>> {
  const ends = await admin.fetchTopicOffsetsByTimestamp(topic, READABLE_END);
  return new Map(ends.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
