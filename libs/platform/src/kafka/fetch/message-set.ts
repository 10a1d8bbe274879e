import { crc32 } from 'node:zlib';
import type { KafkaMessage } from 'kafkajs';
import { decompress } from '../codecs/decompress.js';
import { ByteReader } from './byte-reader.js';
import { UnreadableError } from './unreadable-batch.js';

const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;

/**
 * Decodes one entry of a message set, the format before Kafka 0.11 (magic 0 and 1): a message, or a compressed set of messages. Old
 * topics, and topics with an old `message.format.version`, still contain it.
 *
 * @param bytes the entry, including its offset and length
 * @throws UnreadableError
 */
export async function decodeEntry(bytes: Buffer): Promise<KafkaMessage[]> {
  const outer = readEntry(new ByteReader(bytes));
  const codec = outer.attributes & CODEC;
  if (codec === 0 || outer.value === null) return [outer.message];

  const reader = new ByteReader(await decompress(codec, outer.value));
  const inner: Entry[] = [];
  while (reader.left > 0) inner.push(readEntry(reader));
  // In a compressed set of magic 1, offsets are relative to the first message and the set has the offset of the last one.
  const shift = outer.magic === 0 ? 0 : outer.offset - (inner.at(-1)?.offset ?? 0);
  const appendTime = outer.magic === 1 && (outer.attributes & LOG_APPEND_TIME) !== 0;
  return inner.map(({ message, offset }) => ({
    ...message,
    offset: String(offset + shift),
    timestamp: appendTime ? outer.message.timestamp : message.timestamp,
  }));
}

interface Entry {
  readonly magic: number;
  readonly attributes: number;
  readonly offset: number;
  readonly value: Buffer | null;
  readonly message: KafkaMessage;
}

function readEntry(reader: ByteReader): Entry {
  const offset = reader.long();
  const body = reader.slice(reader.int32());
  const fields = new ByteReader(body);
  const crc = fields.int32() >>> 0;
  if (crc32(body.subarray(4)) !== crc) throw new UnreadableError('its checksum (CRC-32) does not match its bytes');
  const magic = fields.int8();
  if (magic > 1) throw new UnreadableError(`a message of format ${magic} is in a set of an older format`);
  const attributes = fields.int8();
  // Magic 0 has no timestamp; Kafka's own consumer returns -1.
  const timestamp = magic === 0 ? '-1' : String(fields.int64());
  const key = fields.int32Bytes();
  const value = fields.int32Bytes();
  const message = { key, value, timestamp, attributes: 0, offset: String(offset), headers: {} };
  return { magic, attributes, offset, value, message };
}
