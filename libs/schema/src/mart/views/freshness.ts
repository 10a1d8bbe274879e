import { numericType } from '../measures.js';
import type { MartFunction, MartView } from '../mart-object.js';

/** Every message counts once in each of the ledger's cubes; this is the smallest one. */
const MESSAGES = `(SELECT coalesce(sum(n), 0)::bigint FROM ledger.entries WHERE cube = 'device')`;

/** Messages arrive about in the order of sending, so the newest are among those with the greatest ids. */
const LATEST_ROWS = 1000;

/**
 * The ledger has no times of sending, and an index on them would slow every writer. A day after the end of the data is still
 * believed, so that the first messages of a new day count at once; later ones are strays.
 *
 * @param span relation with the row of data_span
 */
export const newestSentAtOf = (span: string) => `
    SELECT greatest(
      last_date::timestamp AT TIME ZONE 'UTC',
      (
        SELECT max(sent_at) FROM (SELECT sent_at FROM public.messages ORDER BY id DESC LIMIT ${LATEST_ROWS}) AS latest
        WHERE sent_at < (last_date + 2)::timestamp AT TIME ZONE 'UTC' AND sent_at <= now()
      )
    )
    FROM ${span}`;

/**
 * A function, which PostgreSQL does not inline: otherwise every reader of freshness would need a lock on messages, and the
 * gateway could not report a session that blocks the table.
 */
export const newestSentAt: MartFunction = {
  kind: 'function',
  name: 'newest_sent_at',
  parameters: '',
  returns: 'timestamptz',
  readsLedger: true,
  comment:
    `Newest time of sending among the ${LATEST_ROWS} messages with the greatest ids, at least the start of the last day (UTC) of the ` +
    'data; stray dates are ignored (see data_span). Null without dated messages.',
  sql: newestSentAtOf('mart.data_span'),
};

export const freshness: MartView = {
  kind: 'view',
  name: 'freshness',
  comment:
    'How fresh is the mart, how much is in it, and how much is pending? One row. A mart that was written to just now may still ' +
    'lack recent messages: newest_sent_at tells how far its data reaches. The gateway reads this view once a second, newest_sent_at every ten seconds.',
  columns: {
    messages: 'Rows of messages',
    changed_at: 'When messages last changed (UTC); null if nothing was ever written',
    seconds_since_change: 'Seconds since changed_at',
    newest_sent_at:
      `Newest time of sending (UTC) among the ${LATEST_ROWS} messages with the greatest ids, at least the start of the last day of ` +
      'the data; stray dates are ignored (see data_span). Null without dated messages',
    quarantined_records: 'Records in quarantine',
    quarantined_at: 'When a record was last quarantined (UTC); null if there is none',
    pending_deltas: 'Rows of the ledger that are not yet folded into its sums; results are exact anyway',
    pending_seconds: 'Age of the oldest pending delta in seconds; 0 if there is none',
  },
  sql: `
    SELECT messages, changed_at, extract(epoch FROM clock_timestamp() - changed_at)::${numericType(3)} AS seconds_since_change,
           mart.newest_sent_at() AS newest_sent_at,
           quarantined_records, quarantined_at, pending_deltas,
           coalesce(greatest(0, extract(epoch FROM clock_timestamp() - pending_since)), 0)::${numericType(3)} AS pending_seconds
    FROM (
      SELECT ${MESSAGES} AS messages,
             nullif(greatest((SELECT changed_at FROM ledger.last_change), max(changed_at)), '-infinity') AS changed_at,
             count(*) AS pending_deltas, min(changed_at) FILTER (WHERE changed_at > '-infinity') AS pending_since
      FROM ledger.pending
    ) AS ledger,
    (
      SELECT count(*) AS quarantined_records, max(quarantined_at) AS quarantined_at FROM public.quarantined_messages
    ) AS quarantine`,
};
