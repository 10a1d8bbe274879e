import type { QueryRunner } from 'typeorm';
import { positionOf } from '#schema/columns.js';
import { copiedValue } from '#schema/copy-text.js';
import type { CleanedRow } from '../clean/clean-batch.js';

const CLIENT = positionOf('client_id');

/** Locks the list until the transaction ends. An erasure waits for such transactions before it deletes. */
const IS_IN_USE = 'SELECT erasure.is_in_use() AS used';

/** $1: ids. */
const SELECT_BLOCKED = 'SELECT erasure.blocked($1::bigint[])::text AS client';

/**
 * Leaves out the rows of erased clients. Call it in the transaction that writes the rows, before any savepoint: a rollback to a savepoint
 * would release the lock.
 */
export async function withoutErased(runner: QueryRunner, rows: readonly CleanedRow[]): Promise<readonly CleanedRow[]> {
  if (rows.length === 0) return rows;
  const [{ used }] = (await runner.query(IS_IN_USE)) as [{ used: boolean }];
  if (!used) return rows;
  const clients = rows.map(({ line }) => copiedValue(line, CLIENT));
  const blocked = (await runner.query(SELECT_BLOCKED, [`{${[...new Set(clients)].join(',')}}`])) as {
    client: string;
  }[];
  if (blocked.length === 0) return rows;
  const erased = new Set(blocked.map(({ client }) => client));
  return rows.filter((_, i) => !erased.has(clients[i]!));
}
