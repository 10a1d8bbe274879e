interface Held {
  readonly offset: number;
  readonly since: number;
  isNamed: boolean;
}

/** Where a consumer stands in a partition, and how far there is something to read. */
export interface ReadPlace {
  readonly topic: string;
  readonly partition: number;
  /** The offset to read next. */
  readonly next: number;
  /** Up to which consumers can read. */
  readonly readableEnd: number;
  readonly end: number;
}

/** A transaction takes milliseconds, those of some stream processors seconds. */
const NAMED_AFTER_MS = 10_000;

/**
 * Partitions in which a reader has come to the first record of a transaction that another producer began and has not ended. Kafka
 * gives out nothing behind it until it ends.
 */
export class OpenTransactions {
  private readonly held = new Map<string, Held>();

  /** @returns undefined unless reading has been held up there for long enough to be named; whether this is the first time */
  see({ topic, partition, next, readableEnd, end }: ReadPlace, now = Date.now()): { isNew: boolean } | undefined {
    const key = `${topic}:${partition}`;
    if (next < readableEnd || readableEnd >= end) {
      if (this.held.size > 0) this.held.delete(key);
      return undefined;
    }
    const held = this.held.get(key);
    if (held?.offset !== readableEnd) {
      this.held.set(key, { offset: readableEnd, since: now, isNamed: false });
      return undefined;
    }
    if (now - held.since < NAMED_AFTER_MS) return undefined;
    const isNew = !held.isNamed;
    held.isNamed = true;
    return { isNew };
  }
}

export function openTransactionFault({ topic, partition, readableEnd, end }: ReadPlace): {
  message: string;
  action: string;
} {
  return {
    message:
      `a producer holds a transaction open: Kafka gives out nothing from offset ${readableEnd} of partition ${partition} of topic ` +
      `${topic} on (its end is ${end}) until that ends`,
    action:
      'Nothing is lost. It ends by itself after the transaction.timeout.ms of that producer (at most 15 minutes by default). To end it: ' +
      `kafka-transactions.sh --bootstrap-server … abort --topic ${topic} --partition ${partition} --start-offset ${readableEnd}; ` +
      `describe-producers --topic ${topic} --partition ${partition} names the producer, find-hanging those that Kafka has forgotten.`,
  };
}
