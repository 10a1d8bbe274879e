import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ExtendLedger1796200000000 } from './1796200000000-extend-ledger.js';

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

/** Bits of `events`, in this order from 1. */
const EVENTS = [
  'is_opened',
  'is_clicked',
  'is_unsubscribed',
  'is_hard_bounced',
  'is_soft_bounced',
  'is_complained',
  'is_blocked',
  'is_purchased',
  '(opened_last_time_at > opened_first_time_at) IS TRUE',
  '(clicked_last_time_at > clicked_first_time_at) IS TRUE',
];

/** Bits of `nulls`, in this order from 1. */
const NULLABLE = [
  'campaign_id',
  'category',
  'platform',
  'email_provider',
  'stream',
  'date',
  'sent_at',
  'opened_first_time_at',
  'opened_last_time_at',
  'clicked_first_time_at',
  'clicked_last_time_at',
  'unsubscribed_at',
  'hard_bounced_at',
  'soft_bounced_at',
  'complained_at',
  'blocked_at',
  'purchased_at',
];

const bits = (conditions: readonly string[]) =>
  conditions.map((condition, bit) => `CASE WHEN ${condition} THEN ${2 ** bit} ELSE 0 END`).join(' + ');

/** Buckets of the cube `delay`, as the migration that created the ledger explains them. */
const DELAY_UPTO = `
  CASE WHEN delay <= 50 THEN greatest(delay, -60)
       ELSE floor(3600 * power(24, ceil(160 * ln(delay / 3600) / ln(24::float8) - 1e-6) / 160) + 1e-3)
  END::bigint`;

/** Buckets of the cube `age`: 15 s, 1 h, 24 h, 7 and 14 days; null for later. */
const AGE_UPTO = `
  CASE WHEN delay <= 15 THEN 15 WHEN delay <= 3600 THEN 3600 WHEN delay <= 86400 THEN 86400
       WHEN delay <= 604800 THEN 604800 WHEN delay <= 1209600 THEN 1209600
  END::bigint`;

/** How the rows of a source count. */
interface Counting {
  /** A relation `changed` with the columns of messages, and `sign` where it is summed. */
  readonly source: string;
  readonly n: string;
  readonly having?: string;
}

/**
 * As in the migration that added the cubes `age` and `happened`, but every column of the source is named: somebody may add a column
 * that has the name of one computed here. A time that is not finite has no delay.
 */
const entriesOf = ({ source, n, having }: Counting) => `
  SELECT CASE GROUPING(date, hour, email_provider, platform, nulls)
           WHEN 15 THEN 'daily' WHEN 23 THEN 'send_time' WHEN 27 THEN 'provider' WHEN 29 THEN 'device'
           WHEN 30 THEN 'quality'
         END AS cube,
         date, weekday, hour, campaign_id, message_type, channel, email_provider, platform, stream, events, nulls,
         NULL::text AS event, NULL::bigint AS delay_upto, ${n} AS n
  FROM (
    SELECT changed.date, changed.campaign_id, changed.message_type, changed.channel, changed.email_provider, changed.platform,
           changed.stream, ${n === SIGNED ? 'signed.sign, ' : ''}
           date_part('isodow', changed.sent_at AT TIME ZONE 'UTC')::smallint AS weekday,
           date_part('hour', changed.sent_at AT TIME ZONE 'UTC')::smallint AS hour,
           ${bits(EVENTS)} AS events,
           ${bits(NULLABLE.map((column) => `${column} IS NULL`))} AS nulls
    FROM ${source}
  ) AS message
  GROUP BY GROUPING SETS (
    (date, campaign_id, message_type, channel, events),
    (weekday, hour, message_type, channel, events),
    (email_provider, message_type, channel, events),
    (platform, stream, message_type, channel, events),
    (nulls, events)
  ) ${having ? `HAVING ${having}` : ''}
  UNION ALL
  SELECT CASE GROUPING(delayed, aged, happened) WHEN 3 THEN 'delay' WHEN 5 THEN 'age' WHEN 6 THEN 'happened' END,
         coalesce(date, happened_on), NULL, NULL, campaign_id, message_type, channel, email_provider, platform, NULL, NULL, NULL,
         coalesce(delayed, aged, happened), coalesce(delay_upto, age_upto), ${n}
  FROM (
    SELECT message_type, channel, date, campaign_id, happened, happened_on, ${n === SIGNED ? 'sign, ' : ''}
           CASE WHEN delay IS NOT NULL THEN event END AS delayed,
           ${DELAY_UPTO} AS delay_upto,
           CASE WHEN is_quick_open THEN email_provider END AS email_provider,
           CASE WHEN is_quick_open THEN platform END AS platform,
           CASE WHEN delay IS NOT NULL AND happened IS NULL THEN event END AS aged,
           ${AGE_UPTO} AS age_upto
    FROM (
      SELECT *, event = 'open' AND delay <= 50 AS is_quick_open,
             CASE WHEN happened IS NOT NULL THEN (at AT TIME ZONE 'UTC')::date END AS happened_on
      FROM (
        SELECT changed.message_type, changed.channel, changed.date, changed.campaign_id, changed.email_provider, changed.platform,
               ${n === SIGNED ? 'signed.sign, ' : ''}timed.event, timed.at,
               CASE WHEN timed.event IN ('unsubscribe', 'complaint') THEN timed.event END AS happened,
               CASE WHEN NOT (isfinite(timed.at) AND isfinite(changed.sent_at)) THEN NULL
                    WHEN timed.at < changed.sent_at THEN floor(date_part('epoch', timed.at - changed.sent_at))
                    ELSE ceil(date_part('epoch', timed.at - changed.sent_at)) END AS delay
        FROM ${source},
             LATERAL (VALUES ('open', changed.opened_first_time_at), ('click', changed.clicked_first_time_at),
                             ('purchase', changed.purchased_at), ('unsubscribe', changed.unsubscribed_at),
                             ('complaint', changed.complained_at)) AS timed (event, at)
        WHERE (changed.opened_first_time_at IS NOT NULL OR changed.clicked_first_time_at IS NOT NULL
               OR changed.purchased_at IS NOT NULL OR changed.unsubscribed_at IS NOT NULL OR changed.complained_at IS NOT NULL)
          AND timed.at IS NOT NULL
      ) AS timed
    ) AS happening
  ) AS bucketed
  GROUP BY GROUPING SETS (
    (delayed, delay_upto, message_type, channel, email_provider, platform),
    (aged, age_upto, date, campaign_id, message_type, channel),
    (happened, happened_on, campaign_id, message_type, channel)
  )
  HAVING coalesce(delayed, aged, happened) IS NOT NULL ${having ? `AND ${having}` : ''}`;

const SIGNED = 'sum(sign)';

const INSERTED: Counting = { source: 'new_rows AS changed', n: 'count(*)' };
const DELETED: Counting = { source: 'old_rows AS changed', n: '-count(*)' };
/** The sign stands beside the rows, not among their columns. */
const UPDATED: Counting = {
  source: `(VALUES (1), (-1)) AS signed (sign), LATERAL (
    SELECT * FROM new_rows WHERE signed.sign = 1 UNION ALL SELECT * FROM old_rows WHERE signed.sign = -1) AS changed`,
  n: SIGNED,
  having: 'sum(sign) <> 0',
};
const STORED: Counting = { source: 'public.messages AS changed', n: 'count(*)' };

/** The columns with a time or a day, by table. */
const TIMES = {
  messages: [
    ...[
      'date',
      'sent_at',
      'opened_first_time_at',
      'opened_last_time_at',
      'clicked_first_time_at',
      'clicked_last_time_at',
    ],
    ...['unsubscribed_at', 'hard_bounced_at', 'soft_bounced_at', 'complained_at', 'blocked_at', 'purchased_at'],
    ...['created_at', 'updated_at'],
  ],
  campaigns: ['started_at', 'finished_at'],
  client_first_purchase_date: ['first_purchase_date'],
  holidays: ['date'],
  holiday_corrections: ['date', 'correct_date'],
};

const OWN_RIGHTS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';
const ONE_ROW = 'only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row)';

/**
 * Guards the ledger against what administrators do: restores of data alone, publications of all tables, disabled triggers, added
 * columns. A recount at intervals finds sums that differ from the rows.
 */
export class GuardLedger1796700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.keepOneRow(runner);
    await this.createFunctions(runner);
    await this.createRecount(runner);
    // Without them, a publication of all tables makes every UPDATE and DELETE fail. Nothing is logged for them without one.
    for (const table of ['deltas', 'sums']) await runner.query(`ALTER TABLE ledger.${table} REPLICA IDENTITY FULL`);
    // Not validated, as that would read all rows while writers wait.
    for (const [table, columns] of Object.entries(TIMES)) {
      const finite = columns.map((column) => `isfinite(${column})`).join(' AND ');
      await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${table}_times_are_finite CHECK (${finite}) NOT VALID`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(TIMES)) {
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_times_are_finite`);
    }
    // The ledger only counts messages, so it can be created again.
    await new ExtendLedger1796200000000().down(runner);
    await new ExtendLedger1796200000000().up(runner);
  }

  /** A restore of data alone adds a second row to a table that already has its own. */
  private async keepOneRow(runner: QueryRunner): Promise<void> {
    await runner.query(`
      WITH removed AS (DELETE FROM ledger.last_change RETURNING changed_at)
      INSERT INTO ledger.last_change SELECT coalesce(max(changed_at), '-infinity') FROM removed
    `);
    await runner.query(`
      ALTER TABLE ledger.last_change
        ADD COLUMN ${ONE_ROW}, ADD COLUMN rebuilt_at timestamptz NOT NULL DEFAULT '-infinity',
        ALTER COLUMN changed_at SET DEFAULT '-infinity', ALTER COLUMN changed_at SET NOT NULL
    `);
  }

  private async createFunctions(runner: QueryRunner): Promise<void> {
    for (const [when, counting] of Object.entries({ insert: INSERTED, update: UPDATED, delete: DELETED })) {
      await runner.query(`
        CREATE OR REPLACE FUNCTION ledger.count_${when}() RETURNS trigger LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
        BEGIN
          INSERT INTO ledger.deltas (${KEYS}, n) ${entriesOf(counting)};
          RETURN NULL;
        END $$
      `);
    }
    await runner.query(`CREATE OR REPLACE VIEW ledger.recount AS ${entriesOf(STORED)}`);
    // First the row that a fold locks: in the other order, the two could wait for each other.
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger.count_truncate() RETURNS trigger LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      BEGIN
        UPDATE ledger.last_change SET changed_at = now(), rebuilt_at = clock_timestamp();
        TRUNCATE ledger.deltas, ledger.sums;
        RETURN NULL;
      END $$
    `);
    // The lock is a row that only the owner may lock; anybody may hold an advisory lock.
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger.fold(most integer DEFAULT 200000) RETURNS bigint LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      DECLARE
        folded bigint;
        emptied boolean;
        newest timestamptz;
      BEGIN
        PERFORM FROM ledger.last_change FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
          RETURN 0;
        END IF;
        WITH taken AS (
          DELETE FROM ledger.deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM ledger.deltas LIMIT most)) RETURNING *
        ), added AS (
          INSERT INTO ledger.sums AS sums (${KEYS}, n)
          SELECT ${KEYS}, sum(n) FROM taken GROUP BY ${KEYS} HAVING sum(n) <> 0
          ON CONFLICT (${KEYS}) DO UPDATE SET n = sums.n + excluded.n
          RETURNING n
        )
        SELECT count(*), max(changed_at), EXISTS (SELECT FROM added WHERE n = 0) INTO folded, newest, emptied FROM taken;
        IF folded > 0 THEN
          UPDATE ledger.last_change SET changed_at = greatest(changed_at, newest);
        END IF;
        IF emptied THEN
          DELETE FROM ledger.sums WHERE n = 0;
        END IF;
        RETURN folded;
      END $$
    `);
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger.rebuild() RETURNS void LANGUAGE plpgsql ${OWN_RIGHTS} SET work_mem = '256MB' AS $$
      BEGIN
        LOCK TABLE public.messages IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO ledger.last_change DEFAULT VALUES ON CONFLICT DO NOTHING;
        INSERT INTO ledger.last_recount DEFAULT VALUES ON CONFLICT DO NOTHING;
        UPDATE ledger.last_change
        SET changed_at = greatest(changed_at, (SELECT max(changed_at) FROM ledger.deltas)), rebuilt_at = clock_timestamp();
        DELETE FROM ledger.deltas;
        DELETE FROM ledger.sums;
        INSERT INTO ledger.sums (${KEYS}, n) SELECT ${KEYS}, n FROM ledger.recount;
      END $$
    `);
  }

  /** The longer a recount takes, the later is the next: it costs at most a hundredth of a core. */
  private async createRecount(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ledger.last_recount (
        ${ONE_ROW},
        started_at timestamptz NOT NULL DEFAULT '-infinity',
        seconds double precision NOT NULL DEFAULT 0,
        differences bigint NOT NULL DEFAULT 0
      )
    `);
    await runner.query('INSERT INTO ledger.last_recount DEFAULT VALUES');
    await runner.query(`
      CREATE FUNCTION ledger.recount_when_due() RETURNS boolean LANGUAGE plpgsql ${OWN_RIGHTS}
      SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
      DECLARE
        began timestamptz := clock_timestamp();
        found_differences bigint;
      BEGIN
        PERFORM FROM ledger.last_recount
        WHERE started_at + greatest(interval '15 minutes', make_interval(secs => 100 * seconds)) < began FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
          RETURN false;
        END IF;
        SELECT count(*) INTO found_differences FROM ledger.differences;
        UPDATE ledger.last_recount
        SET started_at = began, seconds = date_part('epoch', clock_timestamp() - began), differences = found_differences;
        RETURN true;
      END $$
    `);
    await runner.query(`
      CREATE VIEW ledger.state AS
      SELECT ARRAY(
               SELECT name FROM unnest(ARRAY['count_insert', 'count_update', 'count_delete', 'count_truncate']) AS name
               WHERE NOT EXISTS (
                 SELECT FROM pg_trigger
                 WHERE tgrelid = to_regclass('public.messages') AND tgname = name AND tgenabled IN ('O', 'A')
               )
             ) AS triggers_off,
             nullif(started_at, '-infinity') AS recounted_at,
             CASE WHEN started_at > coalesce(rebuilt_at, '-infinity') THEN differences ELSE 0 END AS differences
      FROM (VALUES (true)) AS one (only_row)
      LEFT JOIN ledger.last_recount USING (only_row)
      LEFT JOIN ledger.last_change USING (only_row)
    `);
  }
}
