import type { QueryConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { sessionOf } from './data-source-options.js';
import { beginTransaction } from './session-settings.js';
import { withConnection } from './with-connection.js';

/**
 * Rows of one statement with parameters, in a transaction with the settings of `SESSION_SETTINGS`. Beginning, statement and end are
 * sent at once, so it costs one round trip.
 *
 * @param dataSource whose options have `pipeline`
 */
export function inOneRoundTrip<Row extends unknown[] | object>(
  dataSource: DataSource,
  query: QueryConfig,
): Promise<Row[]> {
  return withConnection(dataSource, async (_runner, client) => {
    const [begun, asked, ended] = await Promise.allSettled([
      client.query(beginTransaction(sessionOf(dataSource))),
      client.query<Row & object>(query),
      // Of a failed transaction this is the rollback.
      client.query('COMMIT'),
    ]);
    for (const each of [begun, asked, ended]) if (each.status === 'rejected') throw each.reason;
    return (asked as PromiseFulfilledResult<{ rows: Row[] }>).value.rows;
  });
}
