import type { Admin } from 'kafkajs';

/**
 * The number of offsets ever used in a topic: one for each record written to it, including deleted ones, and one for each transaction
 * marker. Counting only the records would mean reading all of them.
 *
 * @param admin connected.
 */
export async function recordsIn(admin: Pick<Admin, 'fetchTopicOffsets'>, topic: string): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}
