/** A Kafka record as a cleaner sees it. */
export interface FuzzRecord {
  /** The generator of the record, shown when engines differ. */
  readonly family: string;
  readonly value: Buffer | null;
  /** Kafka allows repeated keys, and headers without a value. */
  readonly headers: readonly Header[];
}

export type Header = readonly [key: string, value: string | null];
