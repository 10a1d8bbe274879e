import type { IHeaders } from 'kafkajs';

/** Bytes that cannot be decoded. Retrying does not help. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** More would not fit into one text value of PostgreSQL's protocol. Only brokers that accept very large batches can send more. */
const KEPT_BYTES = 64 * 1024 * 1024;

const FIRST_TIMESTAMP_AT = 27;
const GREATEST_TIMESTAMP = Date.UTC(9999, 11, 31);

/**
 * A batch that cannot be decoded, disguised as one message. The value is the batch as the broker sent it; the headers contain the
 * reason and the offsets.
 */
export class UnreadableBatch {
  readonly key = null;
  readonly value: Buffer;
  readonly timestamp: string;
  readonly attributes = 0;
  readonly offset: string;
  readonly headers: IHeaders;
  readonly isControlRecord = false;

  /**
   * @param first offset of the batch
   * @param last last offset that is skipped with it
   * @param from requested offset, which may lie within the batch
   */
  constructor(bytes: Buffer, first: number, last: number, from: number, reason: string) {
    this.value = bytes.subarray(0, KEPT_BYTES);
    this.timestamp = timestampOf(bytes);
    this.offset = String(Math.max(first, from));
    this.headers = {
      'kafka-batch-error': Buffer.from(reason),
      'kafka-batch-first-offset': Buffer.from(String(first)),
      'kafka-batch-last-offset': Buffer.from(String(last)),
      'kafka-batch-bytes': Buffer.from(String(bytes.length)),
    };
  }
}

/** The timestamp of its first record. An impossible one is left out, because nothing in the batch can be trusted. */
function timestampOf(bytes: Buffer): string {
  if (bytes[16] !== 2 || bytes.length < FIRST_TIMESTAMP_AT + 8) return '-1';
  const time = Number(bytes.readBigInt64BE(FIRST_TIMESTAMP_AT));
  return time >= 0 && time <= GREATEST_TIMESTAMP ? String(time) : '-1';
}
