import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { ensureTopic } from '#platform/kafka/ensure-topic.js';
import {
  positionKey,
  positionsTopic,
  positionsTopicOf,
  readPosition,
  type FilePosition,
} from '#platform/kafka/file-position.js';
import { readableEnds } from '#platform/kafka/readable-ends.js';
import { refusal } from '../kafka/kafka-errors.js';
import { ProducerError } from '../producer-error.js';

/** Long enough for a slow group join; positions of thousands of files are read in well under a second. */
const READ_DEADLINE_MS = 60_000;

/** The compacted topic with one record for each file and target topic: the latest position in that file. */
export class PositionStore {
  readonly positionsTopic: string;

  constructor(
    private readonly kafka: Kafka,
    private readonly targetTopic: string,
    private readonly replication: number,
  ) {
    this.positionsTopic = positionsTopicOf(targetTopic);
  }

  key(file: string): Buffer {
    return positionKey(this.targetTopic, file);
  }

  /** @param admin connected. */
  async ensureTopic(admin: Admin): Promise<void> {
    await ensureTopic(admin, positionsTopic(this.targetTopic, this.replication));
  }

  /**
   * The latest position of each file, by absolute path.
   *
   * @param admin connected.
   * @throws ProducerError PRODUCER_POSITIONS_UNREADABLE
   */
  async read(admin: Admin): Promise<Map<string, FilePosition>> {
    const positions = new Map<string, FilePosition>();
    const [partition] = await admin.fetchTopicOffsets(this.positionsTopic);
    // Behind it nobody can read, should another program have written to the topic in a transaction that is still open.
    const end = (await readableEnds(admin, this.positionsTopic)).get(0) ?? 0n;
    if (end <= BigInt(partition?.low ?? 0)) return positions;

    const groupId = `${this.positionsTopic}_reader_${randomUUID()}`;
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.positionsTopic], fromBeginning: true });
      await this.readUntil(consumer, end, (message) => this.remember(message, positions));
    } finally {
      await consumer.disconnect();
      // Only tidiness: a group without members and offsets expires by itself.
      await admin.deleteGroups([groupId]).catch(() => undefined);
    }
    return positions;
  }

  private readUntil(consumer: Consumer, end: bigint, remember: (message: KafkaMessage) => void): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const done = new Promise<void>((resolve, reject) => {
      const fail = (reason: string, cause?: unknown): void =>
        reject(
          new ProducerError(
            'PRODUCER_POSITIONS_UNREADABLE',
            `The positions in topic ${this.positionsTopic} cannot be read: ${reason}. If it stays so, check that this client may ` +
              'read the topic and join groups.',
            { cause, retriable: refusal(cause) === null },
          ),
        );
      deadline = setTimeout(() => fail(`not done after ${READ_DEADLINE_MS / 1000} s`), READ_DEADLINE_MS);
      // kafkajs starts it again by itself after most crashes, such as a coordinator that is still loading.
      consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
        if (!restart) fail(error.message, error);
      });
      // Of each fetch, also of one in which no offset has a record: the last ones may be control records, or compacted away.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { lastOffset } }) => {
        if (BigInt(lastOffset) >= end - 1n) resolve();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: ({ batch }) => {
            batch.messages.forEach(remember);
            return Promise.resolve();
          },
        })
        .catch((error: Error) => fail(error.message, error));
    });
    return done.finally(() => clearTimeout(deadline));
  }

  private remember(message: KafkaMessage, positions: Map<string, FilePosition>): void {
    const position = readPosition(this.targetTopic, message);
    if (position) positions.set(position.file, position);
  }
}
