import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import * as sql from './erasure-sql.js';
import { NotOwnerError } from './not-owner-error.js';

/** What was erased. Counts are bigints as text. */
export interface Erased {
  readonly messages: string;
  readonly quarantined: string;
  readonly first_purchases: string;
  /** Quarantined records whose client cannot be read; they stay. */
  readonly unreadable: string;
  /** The client's hash in the table erasures. */
  readonly hash: string;
}

const POLL_MS = 100;
const REPORT_MS = 5000;

/**
 * Blocks a client and erases everything that the mart holds of this client.
 *
 * The block is committed first. A transaction that had read the list before may still write rows of the client, so the erasure waits for
 * the end of these transactions; it keeps no writer waiting. Then one transaction erases.
 *
 * @param client bigint as text
 * @param report receives what it waits for
 * @throws NotOwnerError, database errors; after the first step the client stays blocked
 */
export async function eraseClient(
  dataSource: DataSource,
  client: string,
  report: (line: string) => void,
): Promise<Erased> {
  await checkOwner(dataSource);
  await inTransaction(dataSource, (runner) => runner.query(sql.BLOCK, [client]));
  await waitForWriters(dataSource, report);
  return inTransaction(dataSource, async (runner) => {
    const { messages } = await rowOf<Erased>(runner, sql.ERASE_MESSAGES, [client]);
    const { quarantined, unreadable } = await rowOf<Erased>(runner, sql.ERASE_QUARANTINED, [client]);
    const { first_purchases } = await rowOf<Erased>(runner, sql.ERASE_FIRST_PURCHASE, [client]);
    const counts = [messages, quarantined, first_purchases];
    const { hash } = await rowOf<Erased>(runner, sql.RECORD, [client, 'erase', ...counts]);
    return { messages, quarantined, first_purchases, unreadable, hash };
  });
}

/** @returns whether the client was blocked. @throws NotOwnerError, database errors */
export async function unblockClient(dataSource: DataSource, client: string): Promise<boolean> {
  await checkOwner(dataSource);
  return inTransaction(dataSource, async (runner) => {
    const [rows] = (await runner.query(sql.UNBLOCK, [client])) as [unknown[], number];
    if (rows.length > 0) await runner.query(sql.RECORD, [client, 'unblock', 0, 0, 0]);
    return rows.length > 0;
  });
}

async function checkOwner(dataSource: DataSource): Promise<void> {
  const [{ user, owner, is_owner: isOwner }] = await dataSource.query<
    [{ user: string; owner: string | null; is_owner: boolean }]
  >(sql.SELECT_OWNER);
  if (!isOwner) throw new NotOwnerError(user, owner ?? undefined);
}

async function waitForWriters(dataSource: DataSource, report: (line: string) => void): Promise<void> {
  let waiting: Map<string, string> | undefined;
  for (let waited = 0; ; waited += POLL_MS) {
    const rows = await dataSource.query<{ transaction: string; session: string }[]>(sql.SELECT_WRITERS);
    const writers = new Map(rows.map(({ transaction, session }) => [transaction, session]));
    waiting = new Map([...(waiting ?? writers)].filter(([transaction]) => writers.has(transaction)));
    if (waiting.size === 0) return;
    if (waited % REPORT_MS === 0 && waited > 0)
      report(`Waiting for batches in flight: ${[...waiting.values()].join(', ')}`);
    await sleep(POLL_MS);
  }
}

async function rowOf<Row extends object>(runner: QueryRunner, statement: string, values: unknown[]): Promise<Row> {
  const [row] = (await runner.query(statement, values)) as [Row];
  return row;
}
