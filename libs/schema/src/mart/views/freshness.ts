import type { MartView } from '../mart-object.js';

/** Every message counts once in each of the ledger's cubes; this is the smallest one. */
const MESSAGES = `(SELECT coalesce(sum(n), 0)::bigint FROM ledger.entries WHERE cube = 'device')`;

export const freshness: MartView = {
  kind: 'view',
  name: 'freshness',
  comment:
    'How fresh is the mart, how much is in it, and how much is pending? One row. The gateway reads it once a second.',
  columns: {
    messages: 'Rows of messages',
    changed_at: 'When messages last changed (UTC); null if nothing was ever written',
    seconds_since_change: 'Seconds since changed_at',
    quarantined_records: 'Records in quarantine',
    quarantined_at: 'When a record was last quarantined (UTC); null if there is none',
    pending_deltas: 'Rows of the ledger that are not yet folded into its sums; results are exact anyway',
    pending_seconds: 'Age of the oldest pending delta in seconds; 0 if there is none',
  },
  sql: `
    SELECT messages, changed_at, round(extract(epoch FROM clock_timestamp() - changed_at), 3) AS seconds_since_change,
           quarantined_records, quarantined_at, pending_deltas,
           round(coalesce(greatest(0, extract(epoch FROM clock_timestamp() - pending_since)), 0), 3) AS pending_seconds
    FROM (
      SELECT ${MESSAGES} AS messages,
             nullif(greatest((SELECT changed_at FROM ledger.last_change), max(changed_at)), '-infinity') AS changed_at,
             count(*) AS pending_deltas, min(changed_at) AS pending_since
      FROM ledger.deltas
    ) AS ledger,
    (
      SELECT count(*) AS quarantined_records, max(quarantined_at) AS quarantined_at FROM public.quarantined_messages
    ) AS quarantine`,
};
