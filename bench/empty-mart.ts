import pg from 'pg';

/** Restores the tables to their state after mart-init. */
export async function emptyMart(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('TRUNCATE messages, quarantined_messages, spark_writes, skipped_records, consumer_positions');
  } finally {
    await client.end();
  }
}
