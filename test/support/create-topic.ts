import type { Admin, ITopicConfig } from 'kafkajs';
import { waitUntil } from './wait-until.js';

/**
 * Creates a topic and waits until it can be written and read. kafkajs itself only asks which brokers lead the partitions, and a
 * broker says so before it hosts them: a first send would fail in part, and its retry repeat records.
 */
export async function createTopic(admin: Admin, config: ITopicConfig): Promise<void> {
  // The result is ignored, because kafkajs returns false if it had to retry.
  await admin.createTopics({ waitForLeaders: false, topics: [config] });
  await waitUntil(`${config.topic} answers`, () => admin.fetchTopicOffsets(config.topic));
}
