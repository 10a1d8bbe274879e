interface Blocked {
  readonly offset: number;
  readonly since: number;
  isReported: boolean;
}

/** The position of a consumer in a partition, and the ends of the partition. */
export interface ReadPosition {
  readonly topic: string;
  readonly partition: number;
  /** The offset to read next. */
  readonly next: number;
  /** The offset up to which consumers can read (the "last stable offset"). */
  readonly readableEnd: number;
  readonly end: number;
}

/** Transactions take milliseconds; those of some stream processors take seconds. */
const REPORT_AFTER_MS = 10_000;

/**
 * Detects partitions in which an open transaction of another producer blocks a reader: until the transaction ends, Kafka serves
 * nothing from its first record on.
 */
export class OpenTransactions {
  private readonly blocked = new Map<string, Blocked>();

  /** @returns undefined unless reading has been blocked long enough to report it; `isNew` for the first report */
  check({ topic, partition, next, readableEnd, end }: ReadPosition, now = Date.now()): { isNew: boolean } | undefined {
    const key = `${topic}:${partition}`;
    if (next < readableEnd || readableEnd >= end) {
      if (this.blocked.size > 0) this.blocked.delete(key);
      return undefined;
    }
    const blocked = this.blocked.get(key);
    if (blocked?.offset !== readableEnd) {
      this.blocked.set(key, { offset: readableEnd, since: now, isReported: false });
      return undefined;
    }
    if (now - blocked.since < REPORT_AFTER_MS) return undefined;
    const isNew = !blocked.isReported;
    blocked.isReported = true;
    return { isNew };
  }
}

export function openTransactionFault({ topic, partition, readableEnd, end }: ReadPosition): {
  message: string;
  action: string;
} {
  return {
    message:
      `a producer holds a transaction open: until it ends, Kafka serves no records of topic ${topic}, partition ${partition}, ` +
      `from offset ${readableEnd} to the end, ${end}`,
    action:
      'Nothing is lost. The transaction ends after the transaction.timeout.ms of its producer (at most 15 minutes by default). To end it now: ' +
      `kafka-transactions.sh --bootstrap-server … abort --topic ${topic} --partition ${partition} --start-offset ${readableEnd}; ` +
      `describe-producers --topic ${topic} --partition ${partition} names the producer; find-hanging lists transactions that Kafka has forgotten.`,
  };
}
