import type { Message } from 'kafkajs';
import { replaceProtocol } from '#platform/kafka/replace-protocol.js';
import type { BatchIdentity, RecordBatch } from './record-batch.js';

/** A ready batch in the guise of one kafkajs message, so that kafkajs routes it and sends it again like any other. */
export interface BatchMessage extends Message {
  readonly partition: number;
  readonly batch: RecordBatch;
  /** The batch's first sequence number; fixed when the batch is first sent, so that every repetition is recognised. */
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
 * Teaches kafkajs to send batches that are encoded already (docs/adr has why). It replaces one function, the one that
 * makes Produce requests: requests with batch messages are laid out here, all others go the usual way. Everything else
 * stays kafkajs' own: connections, authentication, metadata, leaders, retries, the producer's id. Safe to call again.
 *
 * The spec compares the bytes with those of kafkajs; package-lock.json pins the version they hold for.
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
    throw new TypeError('A produce request holds either one batch message for each partition, or none at all');
  }
  const identity: BatchIdentity = {
    producerId: BigInt(String(args.producerId)),
    producerEpoch: args.producerEpoch,
    firstSequence: message.firstSequence,
  };
  return message.batch.seal(identity, message.sentAt ?? Date.now());
}

/** As much of kafkajs' Encoder as its framing of a request reads. */
class EncodedBody {
  constructor(readonly buffer: Buffer) {}

  get buf(): Buffer {
    return this.buffer;
  }

  size(): number {
    return this.buffer.length;
  }
}
