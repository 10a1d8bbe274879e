import type pg from 'pg';
import { DatabaseClient } from '#platform/database/database-client.js';
import { beginReading } from '../services/mart-reader.js';

/**
 * Runs `work` on its own read-only connection. An abort closes the connection and cancels the running statement: a recount of
 * many rows takes minutes.
 *
 * @throws the signal's reason once it is aborted
 */
export async function withInterruptibleClient<T>(
  databaseUrl: string,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = new DatabaseClient(databaseUrl);
  // If the connection breaks between two statements, the next one fails.
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
