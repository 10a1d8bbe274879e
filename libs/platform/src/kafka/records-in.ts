import type { Admin } from 'kafkajs';

/** Records that were ever written to the topic, those included that it no longer holds. @param admin connected. */
export async function recordsIn(admin: Pick<Admin, 'fetchTopicOffsets'>, topic: string): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}
