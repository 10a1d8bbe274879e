import type { Client } from 'pg';
import { DatabaseClient } from '#platform/database/database-client.js';
import { beginTransaction } from '#platform/database/session-settings.js';

/** No limit: the tools read files or run long queries between two statements, and hold no lock that others wait for. */
const READER = { readOnly: true, settings: { idle_in_transaction_session_timeout: '0' } };

/** Begins a read-only transaction whatever the server's defaults. Each statement sees the newest rows. */
export async function beginReading(client: Client): Promise<void> {
  await client.query(beginTransaction(READER));
}

/** Runs `work` on a read-only connection. */
export async function withMartReader<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new DatabaseClient(url, { application_name: 'local-tools' });
  // The waiting query reports a lost connection.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await beginReading(client);
    return await work(client);
  } finally {
    await client.end();
  }
}
