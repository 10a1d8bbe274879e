import { Client } from 'pg';
import { beginTransaction } from '#platform/database/session-settings.js';

/** The tools read files or ask long questions between two statements, and hold no lock that anybody waits for. */
const READER = { readOnly: true, settings: { idle_in_transaction_session_timeout: '0' } };

/** Begins a transaction that only reads, whatever the server's settings are. Each statement sees the newest rows. */
export async function beginReading(client: Client): Promise<void> {
  await client.query(beginTransaction(READER));
}

/** Runs `work` on a connection that only reads. */
export async function withMartReader<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'local-tools' });
  // A lost connection shows itself in the query that waits for it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await beginReading(client);
    return await work(client);
  } finally {
    await client.end();
  }
}
