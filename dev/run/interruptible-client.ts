import pg from 'pg';
import { beginReading } from '../services/mart-reader.js';

/**
 * Runs `work` on a connection of its own that only reads. An abort ends the connection, and with it the statement that runs: a recount of many
 * rows takes minutes.
 *
 * @throws the signal's reason once it is aborted
 */
export async function withInterruptibleClient<T>(
  databaseUrl: string,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = new pg.Client({ connectionString: databaseUrl });
  // A connection that breaks between two statements is told by the next one.
  client.on('error', () => undefined);
  const interrupt = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    await client.connect();
    await beginReading(client);
    return await work(client);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    await client.end();
  }
}
