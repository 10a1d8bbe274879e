import type { Admin } from 'kafkajs';

export interface TopicState {
  /** Records that were ever written to the topic. */
  readonly records: number;
  /** Records that the group has not committed; all of them where it has committed nothing. */
  readonly lag: number;
}

/** What the brokers say of a topic and a group. */
export async function topicState(admin: Admin, groupId: string, topic: string): Promise<TopicState> {
  const [ends, committed] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  const offsets = new Map(committed[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  let records = 0;
  let lag = 0;
  for (const { partition, low, high } of ends) {
    records += Number(high);
    lag += Number(high) - Math.max(offsets.get(partition) ?? 0, Number(low));
  }
  return { records, lag };
}
