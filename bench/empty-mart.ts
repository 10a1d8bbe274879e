import { DatabaseClient } from '#platform/database/database-client.js';

/** Restores the tables to their state after mart-init. */
export async function emptyMart(databaseUrl: string): Promise<void> {
  const client = new DatabaseClient(databaseUrl);
  await client.connect();
  try {
    await client.query('TRUNCATE messages, quarantined_messages, spark_writes, skipped_records, consumer_positions');
  } finally {
    await client.end();
  }
}
