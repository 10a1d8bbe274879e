import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import {
  ConfigResourceTypes,
  Kafka,
  logLevel,
  type Admin,
  type GroupDescription,
  type KafkaMessage,
  type Message,
} from 'kafkajs';
import { bytesOf } from '../../apps/consumer/src/transport/kafka-batch.js';
import { recordsIn } from '#platform/kafka/records-in.js';
import type { AppName } from '../../dev/run/app-process.js';
import { createTopic } from './create-topic.js';
import { TestApp, type TestAppOptions } from './test-app.js';
import { createMartDatabase, type MartDatabase } from './mart-database.js';
import { waitUntil } from './wait-until.js';

export interface Servers {
  readonly kafkaBrokers: string;
  readonly databaseUrl: string;
}

export interface PipelineOptions {
  /** The servers of the test run by default. */
  readonly servers?: Servers;
  readonly partitions?: number;
  /** A migrated database by default. */
  readonly database?: MartDatabase;
}

/** A topic, a consumer group and a database for one test, and the apps that use them. */
export class Pipeline {
  readonly topic = `messages-${randomBytes(6).toString('hex')}`;
  readonly group = `${this.topic}-consumer`;
  readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly apps: TestApp[] = [];
  private closed?: Promise<void>;

  private constructor(
    private readonly servers: Servers,
    private readonly partitions: number,
    private readonly database: MartDatabase,
  ) {
    this.kafka = new Kafka({
      brokers: servers.kafkaBrokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { retries: 6, initialRetryTime: 100 },
    });
    this.admin = this.kafka.admin();
  }

  static async create({ servers = serversOfRun(), partitions = 3, database }: PipelineOptions = {}): Promise<Pipeline> {
    const pipeline = new Pipeline(servers, partitions, database ?? (await createMartDatabase(servers.databaseUrl)));
    await pipeline.admin.connect();
    return pipeline;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** Environment variables of an app for this topic, group and database. */
  get settings(): Record<string, string> {
    return {
      KAFKA_BROKERS: this.servers.kafkaBrokers,
      KAFKA_TOPIC: this.topic,
      KAFKA_TOPIC_PARTITIONS: String(this.partitions),
      DATABASE_URL: this.databaseUrl,
      CONSUMER_GROUP_ID: this.group,
    };
  }

  /**
   * Kills running apps and removes topics and database. Groups stay, because those of killed consumers still have members.
   * Can be called again, as after a test that created no pipeline of its own.
   */
  close(): Promise<void> {
    return (this.closed ??= this.remove());
  }

  private async remove(): Promise<void> {
    await Promise.all(this.apps.filter(({ isRunning }) => isRunning).map((app) => app.kill()));
    const topics = (await this.admin.listTopics()).filter((name) => name.startsWith(this.topic));
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
    await this.admin.disconnect();
    await this.database.drop();
  }

  /** Starts an app on this topic, group and database. */
  start(name: AppName, { args, env }: TestAppOptions = {}): Promise<TestApp> {
    const app = new TestApp(name, { args, env: { ...this.settings, ...env } });
    this.apps.push(app);
    return app.listening();
  }

  consumer(env?: TestAppOptions['env']): Promise<TestApp> {
    return this.start('consumer', { env });
  }

  /** Produces files and waits until the producer has finished. */
  async produceFile(...files: string[]): Promise<void> {
    const producer = await this.start('producer', { args: files.flatMap((file) => ['--file', file]) });
    const { code } = await producer.exited;
    if (code !== 0) throw new Error(`the producer ended with ${code}:\n${producer.output}`);
  }

  async createTopic({
    topic = this.topic,
    partitions = this.partitions,
    replicationFactor = 1,
    minInSyncReplicas = 1,
    configEntries = [] as { name: string; value: string }[],
  } = {}): Promise<void> {
    await createTopic(this.admin, {
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: [
        { name: 'max.message.bytes', value: '8388608' },
        { name: 'min.insync.replicas', value: String(minInSyncReplicas) },
        ...configEntries,
      ],
    });
  }

  /** Whether all replicas of all partitions are in sync. */
  async isInSync(): Promise<boolean> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [this.topic] });
    return topics.every(({ partitions }) => partitions.every(({ isr, replicas }) => isr.length === replicas.length));
  }

  /** Sends records unchanged, all records of a partition in one request. */
  async send(messages: readonly Message[], topic = this.topic): Promise<void> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      await producer.send({ topic, messages: [...messages] });
    } finally {
      await producer.disconnect();
    }
  }

  /** Sends records of any size unchanged, in their order within each partition. */
  async sendInBatches(messages: readonly Message[]): Promise<void> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      for (const batch of batchesOf(messages)) await producer.send({ topic: this.topic, messages: batch });
    } finally {
      await producer.disconnect();
    }
  }

  /** Sends records in one transaction, and commits or aborts it. */
  async sendInTransaction(messages: readonly Message[], end: 'commit' | 'abort'): Promise<void> {
    const producer = this.kafka.producer({
      transactionalId: `${this.topic}-${end}`,
      maxInFlightRequests: 1,
      idempotent: true,
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      await transaction.send({ topic: this.topic, messages: [...messages] });
      await transaction[end]();
    } finally {
      await producer.disconnect();
    }
  }

  /** Number of records ever written to the topic. */
  recordsInTopic(): Promise<number> {
    return recordsIn(this.admin, this.topic);
  }

  /** All records in a topic, in order within each partition. */
  async readTopic(topic = this.topic): Promise<KafkaMessage[]> {
    const partitions = await this.admin.fetchTopicOffsets(topic);
    const ends = new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)]));
    const open = new Set(partitions.filter(({ low, high }) => low !== high).map(({ partition }) => partition));
    const messages: KafkaMessage[] = [];
    const groupId = `${topic}-reader-${randomBytes(6).toString('hex')}`;
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      // This event also arrives for fetches in which no offset has a record.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (BigInt(lastOffset) + 1n >= ends.get(partition)!) open.delete(partition);
      });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          messages.push(...batch.messages);
          return Promise.resolve();
        },
      });
      await waitUntil(`${topic} is read to its end`, () => open.size === 0);
    } finally {
      await consumer.disconnect();
      await this.admin.deleteGroups([groupId]);
    }
    return messages;
  }

  /** The broker's first log segment of a partition, which holds all records while there are few. */
  async segmentOf(partition: number): Promise<string> {
    const { brokers } = await this.admin.describeCluster();
    const { resources } = await this.admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.BROKER, name: String(brokers[0]!.nodeId), configNames: ['log.dirs'] }],
    });
    // The broker of the test run has a path relative to its own folder.
    const dir = resolve('.local/test/kafka', resources[0]!.configEntries[0]!.configValue);
    return join(dir, `${this.topic}-${partition}`, '00000000000000000000.log');
  }

  async setTopic(name: string, value: string, topic = this.topic): Promise<void> {
    await this.admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [
            { name: 'max.message.bytes', value: '8388608' },
            { name, value },
          ],
        },
      ],
    });
  }

  /** Settings of a topic by name, as text. */
  async topicSettings(topic = this.topic): Promise<ReadonlyMap<string, string>> {
    const { resources } = await this.admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
    });
    return new Map(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
  }

  /** Number of records that the group has committed. */
  async committed(groupId = this.group): Promise<number> {
    const [offsets] = await this.admin.fetchOffsets({ groupId, topics: [this.topic] });
    return offsets!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  }

  /** Resolves when the group has committed all records of the topic. */
  async caughtUp({ deadlineMs, groupId = this.group }: { deadlineMs?: number; groupId?: string } = {}): Promise<void> {
    const isCaughtUp = async () => {
      const [committed, records] = [await this.committed(groupId), await this.recordsInTopic()];
      if (committed < records) throw new Error(`${committed} of ${records} records committed`);
      return true;
    };
    try {
      await waitUntil('the group has committed all records', isCaughtUp, deadlineMs);
    } catch (error) {
      const outputs = this.apps.map(
        ({ name, pid, output }) => `--- ${name} (pid ${pid}) wrote:\n${output.slice(-4000)}`,
      );
      throw new Error([(error as Error).message, ...outputs].join('\n'), { cause: error });
    }
  }

  async describeGroup(groupId = this.group): Promise<GroupDescription> {
    return (await this.admin.describeGroups([groupId])).groups[0]!;
  }
}

/** Well below what a topic of a test accepts, unless one record alone is larger. */
const MAX_BATCH_BYTES = 2_000_000;

function* batchesOf(messages: readonly Message[]): Generator<Message[]> {
  let batch: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const { key, value, headers } = message;
    const size = bytesOf({ key: key as Buffer, value: value as Buffer, headers });
    if (batch.length > 0 && bytes + size > MAX_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function serversOfRun(): Servers {
  const { KAFKA_BROKERS: kafkaBrokers, DATABASE_URL: databaseUrl } = process.env;
  if (!kafkaBrokers || !databaseUrl) {
    throw new Error('KAFKA_BROKERS and DATABASE_URL are not set: run the suite with `npm test`, which starts both');
  }
  return { kafkaBrokers, databaseUrl };
}
