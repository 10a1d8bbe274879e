import { DEFAULT_CSV_LIMITS } from '#platform/csv/csv-record.js';
import { contract } from '#schema/contract.js';
import { LOOSE_RECORD, PRODUCED_RECORD, UNPARSABLE_LINE } from './examples.js';
import { schemaRef, type JsonSchema } from './record-schema.js';

/** Version of the Kafka bindings. */
export const BINDING_VERSION = '0.5.0';
const { unparsableHeader, fileHeader, lineHeader, maxBytes, maxDepth, maxKeyLength } = contract.record;

/** AsyncAPI message objects by name. */
export const messages = {
  record: {
    name: 'record',
    title: 'Row of a message file',
    summary: 'One message to a client, in its newest state: a JSON object of the columns',
    description: `The producer writes one JSON object with the columns in the file's order, each as a string with its exact text; empty
columns are left out. The producer does not check values, so a record of a bad row does not match this schema. Consumers accept
records that match and store the others in \`quarantined_messages\` with the reasons.

A record has at most ${grouped(maxBytes)} bytes, arrays and objects at most ${grouped(maxDepth)} deep, and keys of at most ${grouped(maxKeyLength)} UTF-16 code units.`,
    contentType: 'application/json',
    headers: {
      type: 'object',
      description: `The producer sends no headers. A record with \`${unparsableHeader}\` is an \`unparsableLine\`, whatever its payload`,
      not: { required: [unparsableHeader] },
    },
    payload: schemaRef('record'),
    bindings: {
      kafka: {
        key: {
          type: ['string', 'null'],
          description:
            'The column `id` without surrounding white space, as the bytes of the file; no key if it is empty. Consumers do not read the key.',
        },
        bindingVersion: BINDING_VERSION,
      },
    },
    examples: [PRODUCED_RECORD, LOOSE_RECORD],
    'x-max-bytes': maxBytes,
    'x-max-depth': maxDepth,
    'x-max-key-length': maxKeyLength,
  },
  unparsableLine: {
    name: 'unparsableLine',
    title: 'Unparsable line',
    summary: 'A line of a message file that does not parse as CSV, as raw bytes; consumers quarantine it',
    description: `Consumers recognize it by the header \`${unparsableHeader}\` and do not read the payload. A line of more than
${grouped(DEFAULT_CSV_LIMITS.maxRecordBytes)} bytes is sent in parts of that size.`,
    contentType: 'application/octet-stream',
    headers: {
      type: 'object',
      required: [unparsableHeader],
      properties: {
        [unparsableHeader]: { type: 'string', description: 'What is wrong, for people; contains no value of the line' },
        [fileHeader]: { type: 'string', description: 'Base name of the file' },
        [lineHeader]: {
          type: 'string',
          pattern: '^[1-9][0-9]*$',
          description: 'Number of the line; the header line is line 1',
        },
      },
    },
    payload: {
      type: 'string',
      format: 'binary',
      description: 'The line without its line break; not always valid UTF-8',
    },
    bindings: {
      kafka: {
        key: { type: 'null', description: 'No key' },
        bindingVersion: BINDING_VERSION,
      },
    },
    examples: [UNPARSABLE_LINE],
  },
  position: {
    name: 'position',
    title: 'Position in a message file',
    summary: 'How far Kafka has acknowledged a file. Private to the producer',
    contentType: 'application/json',
    payload: schemaRef('position'),
    bindings: {
      kafka: {
        key: {
          type: 'string',
          contentMediaType: 'application/json',
          description: 'JSON array of the topic that is written to and the absolute path of the file',
          examples: ['["message_data","/data/messages.csv"]'],
        },
        bindingVersion: BINDING_VERSION,
      },
    },
    examples: [
      {
        name: 'midway',
        summary: '20,000 rows are acknowledged',
        payload: {
          file: '/data/messages.csv',
          size: 153_452_101,
          headSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          offset: 4_340_711,
          line: 20_002,
          rows: 20_000,
          done: false,
          bytesRead: 4_390_912,
          changedAt: '1620475200123456789 1620475200123456789',
          content: { bytes: 5_242_880, crc32: 3_632_233_996 },
          topicId: 'jKosW5wTRRWhJSqtbz_5lg',
        },
      },
    ],
  },
};

export type MessageName = keyof typeof messages;

export const POSITION_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['file', 'size', 'headSha256', 'offset', 'line', 'rows', 'done'],
  additionalProperties: false,
  properties: {
    file: { type: 'string', description: 'Absolute path' },
    size: { type: 'integer', minimum: 0, description: 'Size of the file on disk, in bytes' },
    headSha256: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the first 64 KiB; together with the size, detects a changed file',
    },
    offset: {
      type: 'integer',
      minimum: 0,
      description: 'Where to resume, in bytes of the uncompressed file; 0 means right after the header',
    },
    line: { type: 'integer', minimum: 2, description: 'Line number at `offset`' },
    rows: { type: 'integer', minimum: 0, description: 'Records acknowledged so far, unparsable lines included' },
    done: { type: 'boolean', description: 'Whether `offset` is the end of the file' },
    bytesRead: {
      type: 'integer',
      minimum: 0,
      description:
        'Bytes on disk that were read, compressed or not; a little more than what Kafka has acknowledged. Positions of earlier versions lack it',
    },
    topicId: {
      type: 'string',
      description:
        'Id of the topic that the rows were sent to, if the brokers support ids. Positions of earlier versions lack it',
    },
    changedAt: {
      type: 'string',
      description:
        'mtime and ctime of the file, in ns; if they differ, the content is compared. Positions of earlier versions lack it',
    },
    content: {
      type: 'object',
      description: 'The part of the uncompressed file that was read. Positions of earlier versions lack it',
      required: ['bytes', 'crc32'],
      additionalProperties: false,
      properties: {
        bytes: { type: 'integer', minimum: 0, description: 'At least `offset`' },
        crc32: { type: 'integer', minimum: 0, maximum: 4_294_967_295, description: 'CRC-32 of these bytes' },
      },
    },
  },
};

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
