import { crc32c } from '#platform/kafka/crc32c.js';

/** Bytes before the first record; see "Record Batch" in Kafka's message format, magic 2. */
const HEADER_BYTES = 61;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
/** Attributes, time delta, five length or count varints of at most 5 bytes and the offset delta. */
const RECORD_OVERHEAD = 32;
const INITIAL_BYTES = 64 * 1024;

export type RecordHeader = readonly [name: string, value: string];

/** Identifies a batch, so that the broker recognises one that it already has. */
export interface BatchIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
}

/**
 * One Kafka record batch (magic 2, uncompressed), encoded while it is filled and reusable after `clear`. The encoder of kafkajs
 * allocates several objects and buffers per record, which costs about 15 times as much.
 */
export class RecordBatch {
  private buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  private length = HEADER_BYTES;
  private records = 0;

  get count(): number {
    return this.records;
  }

  /** Encoded size in bytes. Another record of `payload` bytes adds at most `payload + 32`. */
  get size(): number {
    return this.length;
  }

  /** Whether a record with `payload` bytes of key, value and headers fits within `limit` bytes. The first one always does. */
  hasRoom(payload: number, limit: number): boolean {
    return this.records === 0 || this.length + payload + RECORD_OVERHEAD <= limit;
  }

  /** Appends a record made of the first `keyLength` bytes of `key` (-1: no key) and the first `valueLength` bytes of `value`. */
  append(
    key: Uint8Array,
    keyLength: number,
    value: Buffer,
    valueLength: number,
    headers: readonly RecordHeader[] = [],
  ): void {
    const encodedHeaders = headers.length === 0 ? null : encodeHeaders(headers);
    const headerBytes = encodedHeaders?.length ?? 1;
    const keyBytes = Math.max(keyLength, 0);
    const body =
      2 +
      varintSize(this.records) +
      varintSize(keyLength) +
      keyBytes +
      varintSize(valueLength) +
      valueLength +
      headerBytes;
    this.reserve(body + RECORD_OVERHEAD);

    const { buffer } = this;
    let at = writeVarint(buffer, this.length, body);
    buffer[at++] = 0; // attributes
    buffer[at++] = 0; // time delta: all records have the time of the batch
    at = writeVarint(buffer, at, this.records);
    at = writeVarint(buffer, at, keyLength);
    for (let i = 0; i < keyBytes; i++) buffer[at++] = key[i]!;
    at = writeVarint(buffer, at, valueLength);
    value.copy(buffer, at, 0, valueLength);
    at += valueLength;
    if (encodedHeaders === null) buffer[at++] = 0;
    else {
      buffer.set(encodedHeaders, at);
      at += encodedHeaders.length;
    }
    this.length = at;
    this.records += 1;
  }

  /** Completes the header; can be repeated with another identity. The result is valid until the next `append` or `clear`. */
  seal({ producerId, producerEpoch, firstSequence }: BatchIdentity, timestamp: number): Buffer {
    const { buffer, length } = this;
    buffer.writeBigInt64BE(0n, 0); // base offset, set by the broker
    buffer.writeInt32BE(length - 12, 8);
    buffer.writeInt32BE(0, 12); // leader epoch, set by the broker
    buffer.writeInt8(2, 16);
    buffer.writeInt16BE(0, ATTRIBUTES_AT);
    buffer.writeInt32BE(this.records - 1, 23);
    buffer.writeBigInt64BE(BigInt(timestamp), 27);
    buffer.writeBigInt64BE(BigInt(timestamp), 35);
    buffer.writeBigInt64BE(producerId, 43);
    buffer.writeInt16BE(producerEpoch, 51);
    buffer.writeInt32BE(firstSequence, 53);
    buffer.writeInt32BE(this.records, 57);
    buffer.writeUInt32BE(crc32c(buffer, ATTRIBUTES_AT, length), CRC_AT);
    return buffer.subarray(0, length);
  }

  clear(): void {
    this.length = HEADER_BYTES;
    this.records = 0;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

function encodeHeaders(headers: readonly RecordHeader[]): Buffer {
  const texts = headers.flat().map((text) => Buffer.from(text));
  const buffer = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + text.length + 5, 5));
  let at = writeVarint(buffer, 0, headers.length);
  for (const text of texts) {
    at = writeVarint(buffer, at, text.length);
    at += text.copy(buffer, at);
  }
  return buffer.subarray(0, at);
}

/** Zigzag encoding, then seven bits per byte, lowest first. */
function writeVarint(buffer: Buffer, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

function varintSize(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0;
  return rest < 0x80 ? 1 : rest < 0x4000 ? 2 : rest < 0x200000 ? 3 : rest < 0x10000000 ? 4 : 5;
}
