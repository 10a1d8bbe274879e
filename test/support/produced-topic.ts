import { randomBytes } from 'node:crypto';
import { Kafka, logLevel, type Admin, type KafkaMessage } from 'kafkajs';
import { waitUntil } from './wait-until.js';

export type ProducedRecord = KafkaMessage & { readonly partition: number };

/** A topic for one test, which the producer creates. */
export class ProducedTopic {
  readonly name = `producer-${randomBytes(6).toString('hex')}`;
  private readonly kafka = new Kafka({
    brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','),
    logLevel: logLevel.NOTHING,
  });
  readonly admin: Admin = this.kafka.admin();

  static async create(): Promise<ProducedTopic> {
    const topic = new ProducedTopic();
    await topic.admin.connect();
    return topic;
  }

  /** Number of records; 0 while the topic is being created. */
  async count(): Promise<number> {
    if (!(await this.admin.listTopics()).includes(this.name)) return 0;
    try {
      return (await this.admin.fetchTopicOffsets(this.name)).reduce((sum, { offset }) => sum + Number(offset), 0);
    } catch (error) {
      const { type } = error as { type?: string };
      if (type === 'NOT_LEADER_FOR_PARTITION' || type === 'UNKNOWN_TOPIC_OR_PARTITION') return 0;
      throw error;
    }
  }

  /** All records in the topic now. */
  async read(): Promise<ProducedRecord[]> {
    const count = await this.count();
    const messages: ProducedRecord[] = [];
    if (count === 0) return messages;
    const groupId = `${this.name}-reader-${randomBytes(4).toString('hex')}`;
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.name], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          for (const message of batch.messages) messages.push({ ...message, partition: batch.partition });
          return Promise.resolve();
        },
      });
      await waitUntil(`${count} records are read`, () => messages.length >= count);
    } finally {
      await consumer.disconnect();
      await this.admin.deleteGroups([groupId]);
    }
    return messages;
  }

  /** The ids of all records, sorted, with duplicates. */
  async ids(): Promise<number[]> {
    return idsOf(await this.read());
  }

  /** Deletes the topic and its positions topic. */
  async delete(): Promise<void> {
    const topics = (await this.admin.listTopics()).filter((name) => name.startsWith(this.name));
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
    await this.admin.disconnect();
  }
}

export function idsOf(records: readonly ProducedRecord[]): number[] {
  return records.map(({ key }) => Number(key)).sort((a, b) => a - b);
}
