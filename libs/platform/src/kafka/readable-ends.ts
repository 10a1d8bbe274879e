import type { Admin } from 'kafkajs';
import { replaceProtocol } from './replace-protocol.js';

interface ListOffsets {
  /** Set by kafkajs only for consumers. */
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

/** Passed as the timestamp, because kafkajs' admin has no isolation level. It is never sent to a broker. */
const READABLE_END = Number.MIN_SAFE_INTEGER;

/**
 * Makes `admin.fetchTopicOffsets` return the real ends of partitions. Unpatched, it returns the offsets up to which consumers can read,
 * so records behind an open transaction, and the lag on them, are invisible. Replaces the function that builds ListOffsets requests,
 * for all clients of this process. Calling it again has no effect.
 */
export function fetchRealEnds(): void {
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
 * The offset up to which consumers can read each partition: its end, or the first record of an open transaction (the "last stable
 * offset").
 *
 * @param admin connected, of a client made by `createKafka`.
 */
export async function readableEnds(
  admin: Pick<Admin, 'fetchTopicOffsetsByTimestamp'>,
  topic: string,
): Promise<Map<number, bigint>> {
  const ends = await admin.fetchTopicOffsetsByTimestamp(topic, READABLE_END);
  return new Map(ends.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
