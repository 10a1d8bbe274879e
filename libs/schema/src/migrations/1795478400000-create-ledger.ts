import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a message counts under, besides its cube. A row of a cube has values in the cube's own columns, null in the others. */
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

/** Bits of `events`, in this order from 1: the flags, then whether there was a second open or click. */
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

/** Bits of `nulls`, in this order from 1: the columns that may have no value. */
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

/**
 * Upper bound of a delay's bucket, in seconds: each second by itself up to 50, then 160 equal ratios between 1 h and 24 h,
 * steps of 2 %, and so on above and below. So a percentile read off the bounds is at most 2.01 % too high, and what happened
 * within 1 h or 24 h is exact. A millionth part guards both bounds against rounding. Below zero, where fractions are
 * rounded down, the event lies before the send; by a minute or more counts as a minute.
 */
const DELAY_UPTO = `
  CASE WHEN delay <= 50 THEN greatest(delay, -60)
       ELSE floor(3600 * power(24, ceil(160 * ln(delay / 3600) / ln(24::float8) - 1e-6) / 160) + 1e-3)
  END::bigint`;

/** How the rows of a source count. */
interface Counting {
  /** A relation with the columns of messages, and `sign` where it is summed. */
  readonly source: string;
  readonly n: string;
  readonly having?: string;
}

/** Turns rows into entries of the ledger: one scan for all cubes that hold every row, one for the events' delays. */
const entriesOf = ({ source, n, having = '' }: Counting) => `
  SELECT CASE GROUPING(date, hour, email_provider, platform, nulls)
           WHEN 15 THEN 'daily' WHEN 23 THEN 'send_time' WHEN 27 THEN 'provider' WHEN 29 THEN 'device' WHEN 30 THEN 'quality'
         END AS cube,
         date, weekday, hour, campaign_id, message_type, channel, email_provider, platform, stream, events, nulls,
         NULL::text AS event, NULL::bigint AS delay_upto, ${n} AS n
  FROM (
    SELECT *, date_part('isodow', sent_at AT TIME ZONE 'UTC')::smallint AS weekday,
           date_part('hour', sent_at AT TIME ZONE 'UTC')::smallint AS hour,
           ${bits(EVENTS)} AS events,
           ${bits(NULLABLE.map((column) => `${column} IS NULL`))} AS nulls
    FROM ${source} AS changed
  ) AS message
  GROUP BY GROUPING SETS (
    (date, campaign_id, message_type, channel, events),
    (weekday, hour, message_type, channel, events),
    (email_provider, message_type, channel, events),
    (platform, stream, message_type, channel, events),
    (nulls, events)
  ) ${having}
  UNION ALL
  SELECT 'delay', NULL, NULL, NULL, NULL, message_type, channel, NULL, NULL, NULL, NULL, NULL, event, delay_upto, ${n}
  FROM (
    SELECT *, ${DELAY_UPTO} AS delay_upto
    FROM (
      SELECT message_type, channel, ${n === 'sum(sign)' ? 'sign, ' : ''}event,
             CASE WHEN at < sent_at THEN floor(date_part('epoch', at - sent_at)) ELSE ceil(date_part('epoch', at - sent_at)) END AS delay
      FROM ${source} AS changed,
           LATERAL (VALUES ('open', opened_first_time_at), ('click', clicked_first_time_at), ('purchase', purchased_at)) AS happened (event, at)
      WHERE (opened_first_time_at IS NOT NULL OR clicked_first_time_at IS NOT NULL OR purchased_at IS NOT NULL)
        AND at IS NOT NULL AND sent_at IS NOT NULL
    ) AS happening
  ) AS delayed
  GROUP BY event, delay_upto, message_type, channel ${having}`;

const INSERTED: Counting = { source: 'new_rows', n: 'count(*)' };
const DELETED: Counting = { source: 'old_rows', n: '-count(*)' };
const UPDATED: Counting = {
  source: '(SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 FROM old_rows)',
  n: 'sum(sign)',
  having: 'HAVING sum(sign) <> 0',
};
const STORED: Counting = { source: 'public.messages', n: 'count(*)' };

/** The functions run as their owner, so that writers of messages need no right to the ledger. */
const OWN_RIGHTS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';

/**
 * The ledger: counts of messages, kept by triggers, that are exact after every statement of every writer.
 * See docs/adr/0011-a-ledger-of-counts.md.
 */
export class CreateLedger1795478400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA ledger');
    const columns = `
      cube text NOT NULL,
      date date,
      weekday smallint,
      hour smallint,
      campaign_id bigint,
      message_type text,
      channel text,
      email_provider text,
      platform text,
      stream text,
      events integer,
      nulls integer,
      event text,
      delay_upto bigint,
      n bigint NOT NULL`;
    // Rows come and go all the time. The fold's owner vacuums; giving space back to the system would need a lock on writers.
    await runner.query(`
      CREATE TABLE ledger.deltas (${columns}, changed_at timestamptz NOT NULL DEFAULT now()) WITH (vacuum_truncate = false)
    `);
    // Room on each page, so that a sum is updated in place.
    await runner.query(
      `CREATE TABLE ledger.sums (${columns}, UNIQUE NULLS NOT DISTINCT (${KEYS})) WITH (fillfactor = 70)`,
    );
    await runner.query(`CREATE TABLE ledger.last_change AS SELECT timestamptz '-infinity' AS changed_at`);
    await runner.query(`
      CREATE VIEW ledger.entries AS
      SELECT ${KEYS}, n FROM ledger.sums UNION ALL SELECT ${KEYS}, n FROM ledger.deltas
    `);
    await this.createTriggers(runner);
    await this.createFold(runner);
    await this.createRecount(runner);
    // Rows may be there already.
    await runner.query('SELECT ledger.rebuild()');
    // Costs a writer nothing, and finds the days and bulk campaigns of a table whose rows came about in the order of sending.
    await runner.query(`
      CREATE INDEX messages_date_campaign_brin ON messages
      USING brin (date date_minmax_multi_ops, campaign_id int8_minmax_multi_ops (values_per_range = 64)) WITH (autosummarize)
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_date_campaign_brin');
    for (const when of ['insert', 'update', 'delete', 'truncate']) {
      await runner.query(`DROP TRIGGER count_${when} ON messages`);
    }
    // The views of the mart read the ledger; the next mart-init makes them anew.
    await runner.query('DROP SCHEMA IF EXISTS mart CASCADE');
    await runner.query('DROP SCHEMA ledger CASCADE');
  }

  /** One function for each kind of statement: its plan is kept, and a writer that only inserts never meets the others. */
  private async createTriggers(runner: QueryRunner): Promise<void> {
    const triggers = [
      { when: 'insert', tables: 'NEW TABLE AS new_rows', counting: INSERTED },
      { when: 'update', tables: 'OLD TABLE AS old_rows NEW TABLE AS new_rows', counting: UPDATED },
      { when: 'delete', tables: 'OLD TABLE AS old_rows', counting: DELETED },
    ];
    for (const { when, tables, counting } of triggers) {
      await runner.query(`
        CREATE FUNCTION ledger.count_${when}() RETURNS trigger LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
        BEGIN
          INSERT INTO ledger.deltas (${KEYS}, n) ${entriesOf(counting)};
          RETURN NULL;
        END $$
      `);
      await runner.query(`
        CREATE TRIGGER count_${when} AFTER ${when} ON messages
        REFERENCING ${tables} FOR EACH STATEMENT EXECUTE FUNCTION ledger.count_${when}()
      `);
    }
    await runner.query(`
      CREATE FUNCTION ledger.count_truncate() RETURNS trigger LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      BEGIN
        TRUNCATE ledger.deltas, ledger.sums;
        UPDATE ledger.last_change SET changed_at = now();
        RETURN NULL;
      END $$
    `);
    await runner.query(`
      CREATE TRIGGER count_truncate AFTER TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION ledger.count_truncate()
    `);
  }

  /** One statement takes deltas away and adds them to the sums: whoever reads sees them before or after, never twice. */
  private async createFold(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION ledger.fold(most integer DEFAULT 200000) RETURNS bigint LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      DECLARE
        folded bigint;
        emptied boolean;
        newest timestamptz;
      BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtextextended('messages-pipeline ledger.fold', 0)) THEN
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
  }

  /** The proof of the ledger, and the remedy for when triggers were switched off (a restore, say). */
  private async createRecount(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE VIEW ledger.recount AS ${entriesOf(STORED)}`);
    await runner.query(`
      CREATE VIEW ledger.differences AS
      SELECT ${KEYS}, coalesce(sum(n) FILTER (WHERE kept), 0) AS kept, coalesce(sum(n) FILTER (WHERE NOT kept), 0) AS recounted
      FROM (SELECT true AS kept, * FROM ledger.entries UNION ALL SELECT false, * FROM ledger.recount) AS compared
      GROUP BY ${KEYS}
      HAVING coalesce(sum(n) FILTER (WHERE kept), 0) <> coalesce(sum(n) FILTER (WHERE NOT kept), 0)
    `);
    await runner.query(`
      CREATE FUNCTION ledger.rebuild() RETURNS void LANGUAGE plpgsql ${OWN_RIGHTS} SET work_mem = '256MB' AS $$
      BEGIN
        LOCK TABLE public.messages IN SHARE ROW EXCLUSIVE MODE;
        PERFORM pg_advisory_xact_lock(hashtextextended('messages-pipeline ledger.fold', 0));
        UPDATE ledger.last_change SET changed_at = greatest(changed_at, (SELECT max(changed_at) FROM ledger.deltas));
        DELETE FROM ledger.deltas;
        DELETE FROM ledger.sums;
        INSERT INTO ledger.sums (${KEYS}, n) SELECT ${KEYS}, n FROM ledger.recount;
      END $$
    `);
  }
}
