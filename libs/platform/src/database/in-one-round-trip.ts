import type { QueryConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { sessionOf } from './data-source-options.js';
import { beginTransaction } from './session-settings.js';
import { withConnection } from './with-connection.js';

/**
 * Runs one statement with parameters in a transaction with the settings of `SESSION_SETTINGS`. BEGIN, statement and COMMIT are sent
 * together, so it costs one round trip.
 *
 * @param dataSource one with the option `pipeline`
 * @returns the statement's rows
 */
export function inOneRoundTrip<Row extends unknown[] | object>(
  dataSource: DataSource,
  query: QueryConfig,
): Promise<Row[]> {
  return withConnection(dataSource, async (_runner, client) => {
    const [begun, result, ended] = await Promise.allSettled([
      client.query(beginTransaction(sessionOf(dataSource))),
      client.query<Row & object>(query),
      // Rolls back if the statement failed.
      client.query('COMMIT'),
    ]);
    for (const each of [begun, result, ended]) if (each.status === 'rejected') throw each.reason;
    return (result as PromiseFulfilledResult<{ rows: Row[] }>).value.rows;
  });
}
