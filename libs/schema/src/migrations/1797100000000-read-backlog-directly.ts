import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SkipDeadDeltas1796800000000 } from './1796800000000-skip-dead-deltas.js';

const KEYS = [
  'cube',
  'date',
  'weekday',
  'hour',
  'campaign_id',
  'message_type',
  'channel',
  'email_provider',
  'platform',
  'stream',
  'events',
  'nulls',
  'event',
  'delay_upto',
].join(', ');

/**
 * A function that skips dead deltas returns all its rows before the first is read, which makes a backlog slow: a fold of the first
 * 200,000 of 2,000,000 deltas took four times as long. So it is only called while there are many dead deltas, and the table is read
 * otherwise. The fold stores which, because statistics may change between two parts of a statement, and a standby has none.
 */
export class ReadBacklogDirectly1797100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ledger.last_change ADD COLUMN are_dead_kept boolean NOT NULL DEFAULT false');
    // Without a row of last_change, which a restore may lack for a while, the table is read.
    await runner.query(`
      CREATE OR REPLACE VIEW ledger.pending AS
      SELECT ctid AS place, ${KEYS}, n, changed_at FROM ledger.deltas
      WHERE NOT (SELECT coalesce(bool_or(are_dead_kept), false) FROM ledger.last_change)
      UNION ALL
      SELECT * FROM ledger.pending_rows() WHERE (SELECT bool_or(are_dead_kept) FROM ledger.last_change)
    `);
    await this.createFold(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE OR REPLACE VIEW ledger.pending AS SELECT * FROM ledger.pending_rows()');
    await new SkipDeadDeltas1796800000000()['createFold'](runner);
    await runner.query('ALTER TABLE ledger.last_change DROP COLUMN are_dead_kept');
  }

  /** As before, but for the deltas that it reads and for `are_dead_kept`. */
  private async createFold(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger.fold(most integer DEFAULT 200000) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        state ledger.last_change;
        is_whole boolean := true;
        seen pg_snapshot;
        taken_rows bigint;
        added_rows bigint;
        is_emptied boolean;
        newest timestamptz;
      BEGIN
        SELECT * INTO state FROM ledger.last_change FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
          RETURN 0;
        END IF;
        state.are_dead_kept := pg_stat_get_dead_tuples('ledger.deltas'::regclass) > 100000;
        IF state.are_dead_kept THEN
          SELECT count(*) FILTER (WHERE changed_at > '-infinity') < most
                 AND (count(*) > 2 * state.combined + 20000 OR cardinality(state.still_counted) > 30)
          INTO is_whole FROM ledger.pending_rows();
          WITH taken AS (
            DELETE FROM ledger.deltas WHERE ctid = ANY (ARRAY(
              SELECT place FROM ledger.pending_rows() WHERE is_whole OR changed_at > '-infinity'
              LIMIT CASE WHEN is_whole THEN NULL ELSE most END)) RETURNING *
          ), added AS (
            INSERT INTO ledger.deltas (${KEYS}, n, changed_at)
            SELECT ${KEYS}, sum(n), '-infinity' FROM taken GROUP BY ${KEYS} HAVING sum(n) <> 0
            RETURNING n
          )
          SELECT count(*), max(changed_at), (SELECT count(*) FROM added), pg_current_snapshot()
          INTO taken_rows, newest, added_rows, seen FROM taken;
        ELSE
          WITH taken AS (
            DELETE FROM ledger.deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM ledger.deltas LIMIT most)) RETURNING *
          ), added AS (
            INSERT INTO ledger.sums AS sums (${KEYS}, n)
            SELECT ${KEYS}, sum(n) FROM taken GROUP BY ${KEYS} HAVING sum(n) <> 0
            ON CONFLICT (${KEYS}) DO UPDATE SET n = sums.n + excluded.n
            RETURNING n
          )
          SELECT count(*), max(changed_at), 0, EXISTS (SELECT FROM added WHERE n = 0), pg_current_snapshot()
          INTO taken_rows, newest, added_rows, is_emptied, seen FROM taken;
        END IF;
        IF taken_rows = 0 THEN
          RETURN 0;
        END IF;
        state.changed_at := greatest(state.changed_at, newest);
        state.folded_by := pg_current_xact_id();
        -- Otherwise there may be more.
        IF taken_rows < most OR state.are_dead_kept AND is_whole THEN
          -- Below its own id: then a copy whose row has this very xmin has no lower ids to come.
          state.folded_below := least(pg_snapshot_xmax(seen), state.folded_by);
          state.still_counted := CASE WHEN is_whole THEN '{}' ELSE state.still_counted END
            || ARRAY(SELECT pg_snapshot_xip(seen)) || state.folded_by;
          state.combined := CASE WHEN is_whole THEN added_rows ELSE state.combined END;
        END IF;
        UPDATE ledger.last_change
        SET (changed_at, folded_by, folded_below, still_counted, combined, are_dead_kept) =
            (state.changed_at, state.folded_by, state.folded_below, state.still_counted, state.combined, state.are_dead_kept);
        IF is_emptied THEN
          DELETE FROM ledger.sums WHERE n = 0;
        END IF;
        RETURN taken_rows;
      END $$
    `);
  }
}
