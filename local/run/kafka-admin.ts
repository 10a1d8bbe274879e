import kafkajs, { type Admin } from 'kafkajs';
import { mendKafkajs } from '#platform/kafka/mend-kafkajs.js';
import { addressesOf } from '#platform/kafka/addresses.js';
import { splitBrokers } from '../services/services.js';

/** Runs `work` with a connection to the brokers and closes it again. */
export async function withAdmin<T>(kafkaBrokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const { Kafka, logLevel } = kafkajs;
  mendKafkajs();
  const kafka = new Kafka({ ...addressesOf(splitBrokers(kafkaBrokers)), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Records of the topic that the group has not committed; all of them where it has committed nothing. */
export async function lagOf(admin: Admin, groupId: string, topic: string): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return ends.reduce(
    (lag, { partition, low, high }) => lag + Number(high) - Math.max(offsets.get(partition) ?? 0, Number(low)),
    0,
  );
}
