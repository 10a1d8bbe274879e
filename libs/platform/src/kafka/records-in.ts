import type { Admin } from 'kafkajs';

/**
 * Offsets that the topic has given out: one to each record that was ever written to it, whether it still holds it or not, and one to
 * each marker that ends a transaction. To count the records alone all of them would have to be read.
 *
 * @param admin connected.
 */
export async function recordsIn(admin: Pick<Admin, 'fetchTopicOffsets'>, topic: string): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}
