import type { Message } from 'kafkajs';
import { replaceProtocol } from '#platform/kafka/replace-protocol.js';
import type { BatchIdentity, RecordBatch } from './record-batch.js';

/** An encoded batch disguised as one kafkajs message, so that kafkajs routes and retries it like any other. */
export interface BatchMessage extends Message {
  readonly partition: number;
  readonly batch: RecordBatch;
  /** Sequence number of the first record. Stays the same when the batch is resent, so that brokers recognise it. */
  readonly firstSequence: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

export interface ProduceArguments {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId: unknown;
  readonly producerEpoch: number;
  readonly topicData: readonly TopicData[];
}

interface TopicData {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly Partial<BatchMessage>[] }[];
}

interface Request {
  readonly encode: () => Promise<unknown>;
}
type MakeRequest = (args: ProduceArguments) => { readonly request: Request; readonly response: unknown };

const NO_VALUE = Buffer.alloc(0);

export function batchMessage(batch: RecordBatch, partition: number, firstSequence: number): BatchMessage {
  return { value: NO_VALUE, partition, batch, firstSequence, sentAt: Date.now() };
}

/**
 * Makes kafkajs send batches that are already encoded (ADR 5 says why). It replaces one function, the one that builds Produce
 * requests: requests with batch messages are encoded here, all others as usual. Connections, authentication, metadata, leaders,
 * retries and the producer id remain with kafkajs. Calling it again has no effect.
 *
 * The spec compares the bytes with those of kafkajs, whose version is pinned in package-lock.json.
 */
export function acceptBatchMessages(): void {
  replaceProtocol<MakeRequest>('produce', (protocol) => (options) => {
    const make = protocol(options);
    return (args) => {
      const made = make(args);
      const encoded = args.topicData.some(({ partitions }) => partitions.some(({ messages }) => messages[0]?.batch));
      return encoded
        ? {
            ...made,
            request: { ...made.request, encode: () => Promise.resolve().then(() => encodeProduceRequest(args)) },
          }
        : made;
    };
  });
}

/** The body of a Produce request, versions 3 to 8; every partition has exactly one batch message. */
export function encodeProduceRequest(args: ProduceArguments): EncodedBody {
  const parts: Buffer[] = [];
  const add = (bytes: number, write: (buffer: Buffer) => unknown): void => {
    const buffer = Buffer.allocUnsafe(bytes);
    write(buffer);
    parts.push(buffer);
  };
  const addInt16 = (value: number): void => add(2, (buffer) => buffer.writeInt16BE(value));
  const addInt32 = (value: number): void => add(4, (buffer) => buffer.writeInt32BE(value));

  addInt16(-1); // no transaction
  addInt16(args.acks);
  addInt32(args.timeout);
  addInt32(args.topicData.length);
  for (const { topic, partitions } of args.topicData) {
    addInt16(Buffer.byteLength(topic));
    parts.push(Buffer.from(topic));
    addInt32(partitions.length);
    for (const { partition, messages } of partitions) {
      const sealed = seal(messages, args);
      addInt32(partition);
      addInt32(sealed.length);
      parts.push(sealed);
    }
  }
  return new EncodedBody(Buffer.concat(parts));
}

function seal(
  messages: ProduceArguments['topicData'][number]['partitions'][number]['messages'],
  args: ProduceArguments,
): Buffer {
  const [message] = messages;
  if (messages.length !== 1 || message?.batch === undefined || message.firstSequence === undefined) {
    throw new TypeError('A produce request must hold one batch message for each partition, or none at all');
  }
  const identity: BatchIdentity = {
    producerId: BigInt(String(args.producerId)),
    producerEpoch: args.producerEpoch,
    firstSequence: message.firstSequence,
  };
  return message.batch.seal(identity, message.sentAt ?? Date.now());
}

/** The members of kafkajs' Encoder that kafkajs needs to frame a request. */
class EncodedBody {
  constructor(readonly buffer: Buffer) {}

  get buf(): Buffer {
    return this.buffer;
  }

  size(): number {
    return this.buffer.length;
  }
}
