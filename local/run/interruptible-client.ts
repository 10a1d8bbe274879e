import pg from 'pg';

/**
 * Runs `work` on a connection of its own. An abort ends the connection, and with it the statement that runs: a recount of many
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
  const client = new pg.Client({
    connectionString: databaseUrl,
    // Without the second the server would finish a statement whose client is gone.
    options: '-c timezone=UTC -c client_connection_check_interval=1000',
  });
  // A connection that breaks between two statements is told by the next one.
  client.on('error', () => undefined);
  const interrupt = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    await client.end();
  }
}
