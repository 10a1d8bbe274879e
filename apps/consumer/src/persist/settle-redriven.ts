import type { QueryRunner } from 'typeorm';
import type { RedrivenRow } from '../clean/clean-batch.js';

/** $1…$4: an array for each column. */
const SETTLE = 'SELECT quarantine.settle($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])';

/**
 * Closes the quarantined entries of records that were sent again. Call it at the end of the transaction that writes their rows, so that
 * row and state are stored together.
 */
export async function settleRedriven(runner: QueryRunner, redriven: readonly RedrivenRow[]): Promise<void> {
  if (redriven.length === 0) return;
  await runner.query(SETTLE, [
    redriven.map(({ entry }) => entry),
    redriven.map(({ attempt }) => attempt),
    redriven.map(({ id }) => id),
    redriven.map(({ version }) => version),
  ]);
}
