import type { IHeaders, KafkaMessage } from 'kafkajs';
import { decompress } from '../codecs/decompress.js';
import { crc32c } from '../crc32c.js';
import { ByteReader } from './byte-reader.js';
import { UnreadableError } from './unreadable-batch.js';

/** Bytes before the first record; see "Record Batch" in Kafka's message format, magic 2. */
export const BATCH_HEADER_BYTES = 61;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;

const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const ABORT_MARKER = 0;

const NO_HEADERS: IHeaders = Object.freeze({});

/** One complete batch, including its offset and length. */
export class RecordBatch {
  readonly baseOffset: number;
  readonly attributes: number;

  /** @param bytes at least BATCH_HEADER_BYTES */
  constructor(private readonly bytes: Buffer) {
    this.baseOffset = Number(bytes.readBigInt64BE(0));
    this.attributes = bytes.readInt16BE(ATTRIBUTES_AT);
  }

  /** Correct even if compaction has removed the last record, or all of them. */
  get lastOffset(): number {
    return this.baseOffset + this.bytes.readInt32BE(LAST_OFFSET_DELTA_AT);
  }

  get producerId(): bigint {
    return this.bytes.readBigInt64BE(PRODUCER_ID_AT);
  }

  get isTransactional(): boolean {
    return (this.attributes & TRANSACTIONAL) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & CONTROL) !== 0;
  }

  /** @throws UnreadableError if the bytes are not those that were written */
  check(): void {
    if (crc32c(this.bytes, ATTRIBUTES_AT) !== this.bytes.readUInt32BE(CRC_AT)) {
      throw new UnreadableError('its checksum (CRC-32C) does not match its bytes');
    }
    if (this.bytes.readInt32BE(LAST_OFFSET_DELTA_AT) < 0) throw new UnreadableError('its last offset is negative');
  }

  /** Whether this control batch aborts its transaction. */
  isAbortMarker(): boolean {
    const reader = new ByteReader(this.bytes, BATCH_HEADER_BYTES);
    if (reader.left === 0) return false;
    reader.varint();
    reader.int8();
    reader.varlong();
    reader.varint();
    const key = reader.varintBytes();
    return key !== null && key.length >= 4 && key.readInt16BE(2) === ABORT_MARKER;
  }

  /**
   * @returns the bytes of the records, decompressed if necessary
   * @throws UnreadableError
   */
  records(): Buffer | Promise<Buffer> {
    const records = this.bytes.subarray(BATCH_HEADER_BYTES);
    const codec = this.attributes & CODEC;
    return codec === 0 ? records : decompress(codec, records);
  }

  get isCompressed(): boolean {
    return (this.attributes & CODEC) !== 0;
  }

  /**
   * Decodes the records with an offset of at least `from`.
   *
   * @param records the result of `records`
   * @throws UnreadableError if any of them cannot be decoded
   */
  decode(records: Buffer, from: number): KafkaMessage[] {
    const { baseOffset } = this;
    const count = this.bytes.readInt32BE(COUNT_AT);
    const appendTime = (this.attributes & LOG_APPEND_TIME) !== 0;
    const firstTimestamp = this.bytes.readBigInt64BE(appendTime ? MAX_TIMESTAMP_AT : FIRST_TIMESTAMP_AT);
    const reader = new ByteReader(records);
    const messages: KafkaMessage[] = [];
    // Reuse the text, because records of a batch mostly have the same timestamp.
    let lastDelta: number | bigint = 0;
    let timestamp = String(firstTimestamp);
    for (let i = 0; i < count; i++) {
      const length = reader.varint();
      const end = reader.at + length;
      const attributes = reader.int8();
      const delta = reader.varlong();
      if (delta !== lastDelta && !appendTime) {
        timestamp = String(firstTimestamp + BigInt(delta));
        lastDelta = delta;
      }
      const offset = baseOffset + reader.varint();
      const key = reader.varintBytes();
      const value = reader.varintBytes();
      const headers = headersOf(reader);
      if (reader.at !== end) throw new UnreadableError(`record ${i + 1} of ${count} is not as long as it says`);
      if (offset >= from) messages.push({ key, value, timestamp, attributes, offset: String(offset), headers });
    }
    if (reader.left > 0) throw new UnreadableError(`${reader.left} bytes follow its ${count} records`);
    return messages;
  }
}

function headersOf(reader: ByteReader): IHeaders {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  // Without a prototype, because a header name may be any text.
  const headers = Object.create(null) as IHeaders;
  for (let i = 0; i < count; i++) {
    const name = (reader.varintBytes() ?? '').toString();
    // kafkajs returns null values, although its types do not allow them.
    const value = reader.varintBytes() as Buffer;
    const other = headers[name];
    if (other === undefined) headers[name] = value;
    // In place, because a record may repeat a header a million times.
    else if (Array.isArray(other)) other.push(value);
    else headers[name] = [other, value];
  }
  return headers;
}
