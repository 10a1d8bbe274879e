import type { MigrationInterface, QueryRunner } from 'typeorm';
import { IndexKeptDeltas1797300000000 } from './1797300000000-index-kept-deltas.js';
import { ReadBacklogDirectly1797100000000 } from './1797100000000-read-backlog-directly.js';

/**
 * Whether old snapshots keep dead deltas is decided after a VACUUM, by the rows that it could not remove. The fold decided it from all
 * dead rows: at a high rate, those that combining leaves between two VACUUMs were enough to go on combining, for good.
 */
export class NoticeTheEndOfOldSnapshots1797350000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.removeFromFold(runner);
    // The index comes last, as its failure must not undo the decision. The row keeps saying who wrote it: folded_by.
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger.index_kept_deltas() RETURNS boolean
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
      DECLARE
        dead bigint := pg_stat_get_dead_tuples('ledger.deltas'::regclass);
        is_indexed boolean := to_regclass('ledger.deltas_writer') IS NOT NULL;
        was_kept boolean;
        is_kept boolean;
      BEGIN
        SELECT are_dead_kept INTO was_kept FROM ledger.last_change FOR UPDATE SKIP LOCKED;
        is_kept := dead > CASE WHEN was_kept THEN 50000 ELSE 100000 END;
        IF is_kept <> was_kept THEN
          UPDATE ledger.last_change
          SET are_dead_kept = is_kept,
              folded_by = CASE WHEN xmin = folded_by::xid THEN pg_current_xact_id() ELSE folded_by END;
        END IF;
        BEGIN
          IF dead > 100000 AND NOT is_indexed THEN
            CREATE INDEX deltas_writer ON ledger.deltas USING brin (writer) WITH (pages_per_range = 16);
          ELSIF dead < 50000 AND is_indexed THEN
            DROP INDEX ledger.deltas_writer;
          END IF;
        -- Somebody's transaction is in the way, and everybody else would wait behind this one; or two gateways did the same at once.
        EXCEPTION WHEN lock_not_available OR deadlock_detected OR duplicate_table OR unique_violation OR undefined_object THEN
          RETURN false;
        END;
        RETURN true;
      END $$
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await new IndexKeptDeltas1797300000000().down(runner);
    await new IndexKeptDeltas1797300000000().up(runner);
    await new ReadBacklogDirectly1797100000000()['createFold'](runner);
  }

  private async removeFromFold(runner: QueryRunner): Promise<void> {
    const [{ fold }] = (await runner.query(`SELECT pg_get_functiondef('ledger.fold'::regproc) AS fold`)) as [
      { fold: string },
    ];
    const decision = /\n *state\.are_dead_kept := pg_stat_get_dead_tuples.*;/;
    if (!decision.test(fold)) throw new Error('ledger.fold() is not that of the migration 1797100000000');
    await runner.query(fold.replace(decision, ''));
  }
}
