import type { MigrationInterface, QueryRunner } from 'typeorm';

const OWN_RIGHTS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';

const KEY = 'date, campaign_id, message_type, channel, flags';

/** The first eight bits of `events`, in this order from 1. */
const FLAGS = [
  'is_opened',
  'is_clicked',
  'is_unsubscribed',
  'is_hard_bounced',
  'is_soft_bounced',
  'is_complained',
  'is_blocked',
  'is_purchased',
];

/**
 * A recount of everything is so expensive that a large mart can have it only every few hours. This compares a part of it more often,
 * which finds rows that are missing, doubled, or changed in their day, campaign, type, channel or flags.
 */
export class CompareDays1796900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW ledger.daily_differences AS
      SELECT ${KEY}, coalesce(sum(n) FILTER (WHERE kept), 0) AS kept, coalesce(sum(n) FILTER (WHERE NOT kept), 0) AS counted
      FROM (
        SELECT true AS kept, date, campaign_id, message_type, channel, events & 255 AS flags, n
        FROM ledger.entries WHERE cube = 'daily'
        UNION ALL
        SELECT false, date, campaign_id, message_type, channel, flags, count(*)
        FROM (
          SELECT date, campaign_id, message_type, channel,
                 ${FLAGS.map((flag, bit) => `${flag}::integer * ${2 ** bit}`).join(' + ')} AS flags
          FROM public.messages
        ) AS message
        GROUP BY ${KEY}
      ) AS compared
      GROUP BY ${KEY}
      HAVING coalesce(sum(n) FILTER (WHERE kept), 0) <> coalesce(sum(n) FILTER (WHERE NOT kept), 0)
    `);
    await runner.query(`
      ALTER TABLE ledger.last_recount
        ADD COLUMN compared_at timestamptz NOT NULL DEFAULT '-infinity',
        ADD COLUMN compare_seconds double precision NOT NULL DEFAULT 0,
        ADD COLUMN daily_differences bigint NOT NULL DEFAULT 0
    `);
    await runner.query(`
      CREATE FUNCTION ledger.compare_when_due() RETURNS boolean LANGUAGE plpgsql ${OWN_RIGHTS}
      SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
      DECLARE
        began timestamptz := clock_timestamp();
        found_differences bigint;
      BEGIN
        PERFORM FROM ledger.last_recount
        WHERE compared_at + greatest(interval '5 minutes', make_interval(secs => 100 * compare_seconds)) < began
        FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
          RETURN false;
        END IF;
        SELECT count(*) INTO found_differences FROM ledger.daily_differences;
        UPDATE ledger.last_recount
        SET compared_at = began, compare_seconds = date_part('epoch', clock_timestamp() - began),
            daily_differences = found_differences;
        RETURN true;
      END $$
    `);
    // Both find the same faults, so their differences are not added up.
    const found = `
      greatest(recount, compare) AS differences,
      CASE WHEN compare > 0 AND (recount = 0 OR compared_at > started_at) THEN compared_at
           WHEN recount > 0 THEN started_at END AS found_at`;
    const compare = `, CASE WHEN compared_at > coalesce(rebuilt_at, '-infinity') THEN daily_differences ELSE 0 END AS compare`;
    await runner.query(`CREATE OR REPLACE VIEW ledger.state AS ${stateOf(found, compare)}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW ledger.state');
    await runner.query('DROP FUNCTION ledger.compare_when_due');
    await runner.query('DROP VIEW ledger.daily_differences');
    await runner.query(`
      ALTER TABLE ledger.last_recount DROP COLUMN compared_at, DROP COLUMN compare_seconds, DROP COLUMN daily_differences
    `);
    await runner.query(`CREATE VIEW ledger.state AS ${stateOf('recount AS differences')}`);
  }
}

/** @param found select list over the differences of the latest `recount` and `compare`, 0 if the sums were rebuilt since */
const stateOf = (found: string, compare = '') => `
  SELECT ARRAY(
           SELECT name FROM unnest(ARRAY['count_insert', 'count_update', 'count_delete', 'count_truncate']) AS name
           WHERE NOT EXISTS (
             SELECT FROM pg_trigger
             WHERE tgrelid = to_regclass('public.messages') AND tgname = name AND tgenabled IN ('O', 'A')
           )
         ) AS triggers_off,
         nullif(started_at, '-infinity') AS recounted_at, ${found}
  FROM (VALUES (true)) AS one (only_row)
  LEFT JOIN ledger.last_recount USING (only_row)
  LEFT JOIN ledger.last_change USING (only_row)
  CROSS JOIN LATERAL (
    SELECT CASE WHEN started_at > coalesce(rebuilt_at, '-infinity') THEN differences ELSE 0 END AS recount
           ${compare}
  ) AS found`;
