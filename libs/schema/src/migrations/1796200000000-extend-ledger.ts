import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CreateLedger1795478400000 } from './1795478400000-create-ledger.js';

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
  /** A relation with the columns of messages, and `sign` where it is summed. */
  readonly source: string;
  readonly n: string;
  readonly having?: string;
}

/**
 * Turns rows into entries of the ledger: one scan for the cubes that hold every row, one for those that hold events. A cube of
 * events takes only some of them; the others form groups without an event there, which are left out.
 */
const entriesOf = ({ source, n, having }: Counting) => `
  SELECT CASE GROUPING(date, hour, email_provider, platform, nulls)
           WHEN 15 THEN 'daily' WHEN 23 THEN 'send_time' WHEN 27 THEN 'provider' WHEN 29 THEN 'device'
           WHEN 30 THEN 'quality'
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
  ) ${having ? `HAVING ${having}` : ''}
  UNION ALL
  SELECT CASE GROUPING(delayed, aged, happened) WHEN 3 THEN 'delay' WHEN 5 THEN 'age' WHEN 6 THEN 'happened' END,
         coalesce(date, happened_on), NULL, NULL, campaign_id, message_type, channel, email_provider, platform, NULL, NULL, NULL,
         coalesce(delayed, aged, happened), coalesce(delay_upto, age_upto), ${n}
  FROM (
    SELECT message_type, channel, date, campaign_id, happened, happened_on, ${n === 'sum(sign)' ? 'sign, ' : ''}
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
        SELECT message_type, channel, date, campaign_id, email_provider, platform, ${n === 'sum(sign)' ? 'sign, ' : ''}event, at,
               CASE WHEN event IN ('unsubscribe', 'complaint') THEN event END AS happened,
               CASE WHEN at < sent_at THEN floor(date_part('epoch', at - sent_at)) ELSE ceil(date_part('epoch', at - sent_at)) END AS delay
        FROM ${source} AS changed,
             LATERAL (VALUES ('open', opened_first_time_at), ('click', clicked_first_time_at), ('purchase', purchased_at),
                             ('unsubscribe', unsubscribed_at), ('complaint', complained_at)) AS timed (event, at)
        WHERE (opened_first_time_at IS NOT NULL OR clicked_first_time_at IS NOT NULL OR purchased_at IS NOT NULL
               OR unsubscribed_at IS NOT NULL OR complained_at IS NOT NULL)
          AND at IS NOT NULL
      ) AS timed
    ) AS happening
  ) AS bucketed
  GROUP BY GROUPING SETS (
    (delayed, delay_upto, message_type, channel, email_provider, platform),
    (aged, age_upto, date, campaign_id, message_type, channel),
    (happened, happened_on, campaign_id, message_type, channel)
  )
  HAVING coalesce(delayed, aged, happened) IS NOT NULL ${having ? `AND ${having}` : ''}`;

const INSERTED: Counting = { source: 'new_rows', n: 'count(*)' };
const DELETED: Counting = { source: 'old_rows', n: '-count(*)' };
const UPDATED: Counting = {
  source: '(SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 FROM old_rows)',
  n: 'sum(sign)',
  having: 'sum(sign) <> 0',
};
const STORED: Counting = { source: 'public.messages', n: 'count(*)' };

/**
 * Adds the cubes `age` and `happened` to the ledger. The cube `delay` also counts unsubscribes and complaints, and opens
 * of at most 50 s by e-mail provider and platform. Recounts all rows of messages, and blocks writers meanwhile.
 */
export class ExtendLedger1796200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // First: a writer that waits for this lock then counts with the new functions.
    await runner.query('LOCK TABLE public.messages IN SHARE ROW EXCLUSIVE MODE');
    for (const [when, counting] of Object.entries({ insert: INSERTED, update: UPDATED, delete: DELETED })) {
      await runner.query(`
        CREATE OR REPLACE FUNCTION ledger.count_${when}() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          INSERT INTO ledger.deltas (${KEYS}, n) ${entriesOf(counting)};
          RETURN NULL;
        END $$
      `);
    }
    await runner.query(`CREATE OR REPLACE VIEW ledger.recount AS ${entriesOf(STORED)}`);
    await runner.query('SELECT ledger.rebuild()');
  }

  /** The ledger only counts messages, so it can be made again. */
  async down(runner: QueryRunner): Promise<void> {
    const previous = new CreateLedger1795478400000();
    await previous.down(runner);
    await previous.up(runner);
  }
}
