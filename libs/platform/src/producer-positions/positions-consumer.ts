import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { positionsTopicOf, readPosition, type FilePosition } from './file-position.js';

export interface PositionsConsumerOptions {
  /** The topic that the files are produced to. */
  readonly topic: string;
  /** kafkajs reads in consumer groups only: use a group that has no other member. */
  readonly groupId: string;
  /** How long a broker may hold back a fetch without records. */
  readonly maxWaitTimeInMs: number;
  readonly onPosition: (position: FilePosition) => void;
  /** Called after each fetch with the last offset fetched, also when that offset holds no record. */
  readonly onFetch?: (lastOffset: bigint) => unknown;
  /** Called when kafkajs has stopped for good; it restarts after most errors. */
  readonly onCrash: (error: Error) => void;
}

/** Reads the positions topic from its beginning, then follows new records. Commits no offsets. */
export class PositionsConsumer {
  private readonly consumer: Consumer;
  private left = false;

  constructor(
    kafka: Kafka,
    private readonly options: PositionsConsumerOptions,
  ) {
    const { groupId, maxWaitTimeInMs, onCrash, onFetch } = options;
    this.consumer = kafka.consumer({ groupId, maxWaitTimeInMs, allowAutoTopicCreation: false });
    this.consumer.on(this.consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) onCrash(error);
    });
    this.consumer.on(this.consumer.events.END_BATCH_PROCESS, ({ payload: { lastOffset } }) => {
      onFetch?.(BigInt(lastOffset));
    });
  }

  /** Resolves when the consumer is running, or when `leave` was called first. */
  async start(): Promise<void> {
    await this.consumer.connect();
    if (this.left) return;
    await this.consumer.subscribe({ topics: [positionsTopicOf(this.options.topic)], fromBeginning: true });
    if (this.left) return;
    await this.consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const message of batch.messages) this.read(message);
        return Promise.resolve();
      },
    });
  }

  async leave(): Promise<void> {
    this.left = true;
    await this.consumer.disconnect();
  }

  /** Tidies up after `leave`. A group without members and offsets also expires on its own. @param admin connected. */
  async deleteGroup(admin: Admin): Promise<void> {
    await admin.deleteGroups([this.options.groupId]).catch(() => undefined);
  }

  private read(message: KafkaMessage): void {
    const position = readPosition(this.options.topic, message);
    if (position) this.options.onPosition(position);
  }
}
