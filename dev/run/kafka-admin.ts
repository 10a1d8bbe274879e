import { logLevel, type Admin } from 'kafkajs';
import { createKafka } from '#platform/kafka/create-kafka.js';
import type { ReadPosition } from '#platform/kafka/open-transactions.js';
import { readableEnds } from '#platform/kafka/readable-ends.js';
import { kafkaShape } from '#platform/config/kafka-config.js';
import { readEnv } from '#platform/config/env.js';
import { appEnvironment } from './config/environment.js';

/** Runs `work` with a connection to the brokers and closes it again. */
export async function withAdmin<T>(kafkaBrokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const config = readEnv(kafkaShape, appEnvironment({ KAFKA_BROKERS: kafkaBrokers }));
  const kafka = createKafka(config, 'local-run', { logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** The position of the group in each partition: its committed offset, or the start of the partition. */
export async function readPositionsOf(admin: Admin, groupId: string, topic: string): Promise<ReadPosition[]> {
  const [ends, readable, [committed]] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    readableEnds(admin, topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return ends.map(({ partition, low, high }) => ({
    topic,
    partition,
    next: Math.max(offsets.get(partition) ?? 0, Number(low)),
    readableEnd: Number(readable.get(partition) ?? high),
    end: Number(high),
  }));
}
