import { createRequire } from 'node:module';
import type { PartitionMetadata } from 'kafkajs';
import { replaceProtocol } from './replace-protocol.js';

/** The parts of kafkajs' Encoder and Decoder used here. */
interface Encoder {
  writeInt8(value: number): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeUVarInt(value: number): Encoder;
  writeUVarIntString(value: string | null): Encoder;
  writeUVarIntArray(items: readonly Encoder[] | null, type?: 'object'): Encoder;
}
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readBoolean(): boolean;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readBytes(length: number): Buffer;
}

interface MetadataArguments {
  readonly topics: readonly string[];
  readonly allowAutoTopicCreation?: boolean;
}
interface Call {
  readonly request: unknown;
  readonly response: unknown;
}
type MakeRequest = (args: MetadataArguments) => Call;

/** Metadata has topic ids since version 10 (Kafka 2.8); kafkajs supports up to 6. The response of version 13 differs. */
const FIRST_WITH_IDS = 10;
const LAST_KNOWN = 12;
const LAST_OF_KAFKAJS = 6;

const ID_BYTES = 16;
const NO_ID = Buffer.alloc(ID_BYTES).toString('base64url');

const require = createRequire(import.meta.url);
const idsByPartitions = new WeakMap<object, string>();
const operationsByPartitions = new WeakMap<object, number>();

/** Sent by brokers that do not say which operations are allowed. */
const OPERATIONS_UNKNOWN = -(2 ** 31);

/** Bits of the allowed operations, as in Kafka's AclOperation. */
const OPERATION_BITS = { Read: 3, Write: 4 } as const;
export type TopicOperation = keyof typeof OPERATION_BITS;

/**
 * The id of a topic described by `admin.fetchTopicMetadata`, in the notation of Kafka's tools. A recreated topic has another id.
 * Undefined for brokers before 2.8, or if `fetchTopicIds` was not called.
 */
export function topicIdOf({ partitions }: { readonly partitions: readonly PartitionMetadata[] }): string | undefined {
  return idsByPartitions.get(partitions);
}

/** Which of these operations on a topic described by `admin.fetchTopicMetadata` this client's user lacks. Empty if the broker does not say. */
export function lackingOperations<T extends TopicOperation>(
  { partitions }: { readonly partitions: readonly PartitionMetadata[] },
  wanted: readonly T[],
): T[] {
  const allowed = operationsByPartitions.get(partitions) ?? OPERATIONS_UNKNOWN;
  if (allowed === OPERATIONS_UNKNOWN) return [];
  return wanted.filter((operation) => (allowed & (1 << OPERATION_BITS[operation])) === 0);
}

/**
 * Makes kafkajs request topic ids and allowed operations. Also keeps brokers from creating a topic because a client asked about it: such a topic would have
 * the broker's number of partitions, not the configured one. Replaces the function that builds Metadata requests, for all clients of
 * this process. Calling it again has no effect.
 */
export function fetchTopicIds(): void {
  const { parse } = require('kafkajs/src/protocol/requests/metadata/v6/response.js') as { parse: unknown };
  replaceProtocol<MakeRequest>('metadata', (protocol, api) => {
    api.versions = [...api.versions, LAST_KNOWN];
    return ({ version }) => {
      if (version < FIRST_WITH_IDS) {
        const make = protocol({ version: Math.min(version, LAST_OF_KAFKAJS) });
        return (args) => make({ ...args, allowAutoTopicCreation: false });
      }
      return ({ topics }) => ({
        request: {
          apiKey: 3,
          apiVersion: version,
          apiName: 'Metadata',
          encode: () => Promise.resolve(encodeRequest(topics, version)),
        },
        response: { decode: (data: Buffer) => Promise.resolve(decodeResponse(data, version)), parse },
      });
    };
  });
}

/** The request body, versions 10 to 12, preceded by the tagged fields of the header. No topics means all, as in kafkajs. */
export function encodeRequest(topics: readonly string[], version: number): Encoder {
  const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => Encoder;
  const encoder = new Encoder().writeUVarInt(0);
  const named = topics.map((topic) => {
    const each = new Encoder();
    for (let byte = 0; byte < ID_BYTES; byte++) each.writeInt8(0);
    return each.writeUVarIntString(topic).writeUVarInt(0);
  });
  if (named.length === 0) encoder.writeUVarInt(0);
  else encoder.writeUVarIntArray(named, 'object');
  encoder.writeBoolean(false); // allow_auto_topic_creation
  if (version === 10) encoder.writeBoolean(false); // include_cluster_authorized_operations
  encoder.writeBoolean(named.length > 0); // include_topic_authorized_operations
  return encoder.writeUVarInt(0);
}

/** Decodes the response to the structure that kafkajs' decoder returns, and stores the ids for `topicIdOf`. */
export function decodeResponse(data: Buffer, version: number) {
  const Decoder = require('kafkajs/src/protocol/decoder.js') as new (data: Buffer) => Decoder;
  const decoder = new Decoder(data);
  skipTaggedFields(decoder);
  const clientSideThrottleTime = decoder.readInt32();
  const brokers = array(decoder, readBroker);
  const clusterId = decoder.readUVarIntString();
  const controllerId = decoder.readInt32();
  const topicMetadata = array(decoder, readTopic);
  if (version === 10) decoder.readInt32(); // cluster_authorized_operations
  return { throttleTime: 0, clientSideThrottleTime, brokers, clusterId, controllerId, topicMetadata };
}

function readBroker(decoder: Decoder) {
  const broker = {
    nodeId: decoder.readInt32(),
    host: decoder.readUVarIntString(),
    port: decoder.readInt32(),
    rack: decoder.readUVarIntString(),
  };
  skipTaggedFields(decoder);
  return broker;
}

function readTopic(decoder: Decoder) {
  const topicErrorCode = decoder.readInt16();
  const topic = decoder.readUVarIntString();
  const id = decoder.readBytes(ID_BYTES).toString('base64url');
  const isInternal = decoder.readBoolean();
  const partitionMetadata = array(decoder, readPartition);
  operationsByPartitions.set(partitionMetadata, decoder.readInt32());
  skipTaggedFields(decoder);
  if (id !== NO_ID) idsByPartitions.set(partitionMetadata, id);
  return { topicErrorCode, topic, isInternal, partitionMetadata };
}

function readPartition(decoder: Decoder) {
  const partitionErrorCode = decoder.readInt16();
  const partitionId = decoder.readInt32();
  const leader = decoder.readInt32();
  decoder.readInt32(); // leader_epoch
  const replicas = array(decoder, readNode);
  const isr = array(decoder, readNode);
  const offlineReplicas = array(decoder, readNode);
  skipTaggedFields(decoder);
  return { partitionErrorCode, partitionId, leader, replicas, isr, offlineReplicas };
}

const readNode = (decoder: Decoder) => decoder.readInt32();

function array<T>(decoder: Decoder, read: (decoder: Decoder) => T): T[] {
  return decoder.readUVarIntArray(read) ?? [];
}

/** Needed because kafkajs' own function skips one byte too few per field. */
function skipTaggedFields(decoder: Decoder): void {
  for (let fields = decoder.readUVarInt(); fields > 0; fields--) {
    decoder.readUVarInt();
    decoder.readBytes(decoder.readUVarInt());
  }
}
