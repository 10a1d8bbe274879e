/** A Kafka record as a cleaner sees it. */
export interface FuzzRecord {
  /** Which way it was made, to be told where engines differ. */
  readonly family: string;
  readonly value: Buffer | null;
  /** Kafka allows a key to stand twice, and a header without a value. */
  readonly headers: readonly Header[];
}

export type Header = readonly [key: string, value: string | null];
