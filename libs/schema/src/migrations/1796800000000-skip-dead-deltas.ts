import type { MigrationInterface, QueryRunner } from 'typeorm';
import { GuardLedger1796700000000 } from './1796700000000-guard-ledger.js';

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

const OWN_RIGHTS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';

/** Not less than any transaction id. */
const ALWAYS = '9223372036854775807';

/** The columns that readers of pending deltas get. */
const PENDING = `
  place tid, cube text, date date, weekday smallint, hour smallint, campaign_id bigint, message_type text, channel text,
  email_provider text, platform text, stream text, events integer, nulls integer, event text, delay_upto bigint, n bigint,
  changed_at timestamptz`;

/** Everything below is folded. 0 in a restored copy, which has other transaction ids: there, `xmin` is not the fold that wrote the row. */
const FOLDED_BELOW = `(
  SELECT coalesce(max(folded_below), '0')::text::bigint FROM ledger.last_change
  WHERE xmin = folded_by::xid AND folded_below <= pg_snapshot_xmax(pg_current_snapshot()))`;

/**
 * A snapshot that stays open keeps folded deltas on disk. Each delta now has its writer's transaction id, and a fold records which ids
 * it has folded, so that readers find the others by an index and skip the dead rows. A BRIN index costs
 * writers almost nothing, and the rows of a time are together, because there is no room elsewhere while dead rows stay. While there are many dead rows, the fold
 * also leaves the sums alone, whose old versions nobody could skip: it adds up deltas to fewer deltas instead.
 */
export class SkipDeadDeltas1796800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Deltas that are there already always count.
    await runner.query(`ALTER TABLE ledger.deltas ADD COLUMN writer bigint NOT NULL DEFAULT ${ALWAYS}`);
    await runner.query('ALTER TABLE ledger.deltas ALTER COLUMN writer SET DEFAULT txid_current()');
    await runner.query('CREATE INDEX deltas_writer ON ledger.deltas USING brin (writer) WITH (pages_per_range = 16)');
    await runner.query(`
      ALTER TABLE ledger.last_change
        ADD COLUMN folded_by xid8 NOT NULL DEFAULT '0', ADD COLUMN folded_below xid8 NOT NULL DEFAULT '0',
        ADD COLUMN still_counted xid8[] NOT NULL DEFAULT '{}', ADD COLUMN combined bigint NOT NULL DEFAULT 0
    `);
    await this.createViews(runner);
    await this.createFold(runner);
    await this.createOldestSnapshot(runner);
  }

  /** The ledger only counts messages, so it can be created again. */
  async down(runner: QueryRunner): Promise<void> {
    await new GuardLedger1796700000000().down(runner);
    await new GuardLedger1796700000000().up(runner);
  }

  /**
   * A function, because the planner does not expect a BRIN index on a table without statistics to help. It is STABLE, so it reads the
   * snapshot of the statement that calls it, like the sums.
   */
  private async createViews(runner: QueryRunner): Promise<void> {
    const columns = `ctid, ${KEYS}, n, changed_at`;
    await runner.query(`
      CREATE FUNCTION ledger.pending_rows() RETURNS TABLE (${PENDING})
      LANGUAGE sql STABLE PARALLEL SAFE ${OWN_RIGHTS} SET enable_seqscan = off SET jit = off AS $$
        SELECT ${columns} FROM ledger.deltas WHERE writer >= ${FOLDED_BELOW}
        UNION ALL
        SELECT counted.*
        FROM (SELECT DISTINCT unnest(still_counted)::text::bigint AS id FROM ledger.last_change) AS still,
             -- OFFSET keeps it from being joined in another way than by the index, once for each id.
             LATERAL (SELECT ${columns} FROM ledger.deltas WHERE writer = still.id OFFSET 0) AS counted
        WHERE still.id < ${FOLDED_BELOW}
      $$
    `);
    await runner.query('CREATE VIEW ledger.pending AS SELECT * FROM ledger.pending_rows()');
    await runner.query(`
      CREATE OR REPLACE VIEW ledger.entries AS
      SELECT ${KEYS}, n FROM ledger.sums UNION ALL SELECT ${KEYS}, n FROM ledger.pending
    `);
  }

  /**
   * The snapshot of the statement that takes the deltas decides what is folded: all transactions but those that it saw running, and
   * its own, which may write more. Combined deltas count by their fold's id, and have no time.
   */
  private async createFold(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger.fold(most integer DEFAULT 200000) RETURNS bigint LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      DECLARE
        are_dead_kept boolean := pg_stat_get_dead_tuples('ledger.deltas'::regclass) > 100000;
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
        IF are_dead_kept THEN
          SELECT count(*) FILTER (WHERE changed_at > '-infinity') < most
                 AND (count(*) > 2 * state.combined + 20000 OR cardinality(state.still_counted) > 30)
          INTO is_whole FROM ledger.pending;
          WITH taken AS (
            DELETE FROM ledger.deltas WHERE ctid = ANY (ARRAY(
              SELECT place FROM ledger.pending WHERE is_whole OR changed_at > '-infinity'
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
            DELETE FROM ledger.deltas WHERE ctid = ANY (ARRAY(SELECT place FROM ledger.pending LIMIT most)) RETURNING *
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
        IF taken_rows < most OR are_dead_kept AND is_whole THEN
          -- Below its own id: then a copy whose row has this very xmin has no lower ids to come.
          state.folded_below := least(pg_snapshot_xmax(seen), state.folded_by);
          state.still_counted := CASE WHEN is_whole THEN '{}' ELSE state.still_counted END
            || ARRAY(SELECT pg_snapshot_xip(seen)) || state.folded_by;
          state.combined := CASE WHEN is_whole THEN added_rows ELSE state.combined END;
        END IF;
        UPDATE ledger.last_change
        SET (changed_at, folded_by, folded_below, still_counted, combined) =
            (state.changed_at, state.folded_by, state.folded_below, state.still_counted, state.combined);
        IF is_emptied THEN
          DELETE FROM ledger.sums WHERE n = 0;
        END IF;
        RETURN taken_rows;
      END $$
    `);
  }

  /** As its owner, because other roles see only their own sessions. A session that VACUUM runs in keeps no rows of others. */
  private async createOldestSnapshot(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION ledger.oldest_snapshot(OUT seconds double precision, OUT holder text)
      LANGUAGE sql STABLE ${OWN_RIGHTS} AS $$
        SELECT greatest(0, date_part('epoch', clock_timestamp() - since)), holder
        FROM (
          SELECT xact_start AS since,
                 format('pid %s (%s as %s, %s since %s)', pid, coalesce(nullif(application_name, ''), 'unnamed'), usename, state,
                        to_char(state_change AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS holder
          FROM pg_stat_activity
          WHERE datname = current_database() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
            AND backend_type <> 'autovacuum worker' AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)
          UNION ALL
          SELECT prepared, format('prepared transaction %L', gid) FROM pg_prepared_xacts WHERE database = current_database()
          UNION ALL
          SELECT inactive_since, format('inactive replication slot %L', slot_name) FROM pg_replication_slots
          WHERE xmin IS NOT NULL AND NOT active
        ) AS holders
        WHERE since IS NOT NULL ORDER BY since LIMIT 1
      $$
    `);
  }
}
