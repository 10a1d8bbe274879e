/** Comments on the ledger, by object as named in COMMENT ON. */
export const LEDGER_COMMENTS: Readonly<Record<string, string>> = {
  'SCHEMA ledger': 'The ledger of counts behind the mart, maintained by triggers on messages. Do not write to it',
  'TABLE ledger.deltas':
    'Changes of counts by each statement that wrote to messages, until they are folded into the sums',
  'TABLE ledger.sums': 'Counts of messages; exact together with the deltas',
  'COLUMN ledger.deltas.writer':
    'Id of the transaction that wrote to messages, or of the fold that combined deltas to this one',
  'VIEW ledger.pending':
    'The deltas that are not yet folded into the sums, without reading the folded ones that old snapshots keep',
  'COLUMN ledger.pending.place': 'Where the delta is in ledger.deltas (ctid)',
  'COLUMN ledger.pending.changed_at':
    'Start of the transaction that wrote to messages; -infinity for a delta that a fold combined from others',
  'VIEW ledger.entries': 'Sums and deltas together: add up n to count messages',
  'VIEW ledger.recount': 'The same counts, computed from all rows of messages',
  'VIEW ledger.differences': 'Where sums and deltas differ from the recount; always empty. Reads all rows of messages',
  'TABLE ledger.last_change': 'One row: when messages last changed, according to the folded deltas',
  'COLUMN ledger.last_change.changed_at': 'Start of the newest folded transaction',
  'COLUMN ledger.last_change.only_row': 'Always true, so that there is one row',
  'COLUMN ledger.last_change.rebuilt_at': 'When the sums were last rebuilt or emptied',
  'COLUMN ledger.last_change.folded_by': 'Id of the transaction that last folded',
  'COLUMN ledger.last_change.folded_below': 'Deltas of transactions with lower ids are folded',
  'COLUMN ledger.last_change.still_counted': 'Ids below folded_below whose deltas may not be folded',
  'COLUMN ledger.last_change.combined': 'Deltas that were left when all were last combined',
  'COLUMN ledger.last_change.are_dead_kept':
    'Whether old snapshots kept many folded deltas on disk at the last VACUUM, so that readers skip them',
  'TABLE ledger.last_recount': 'One row: the latest comparison of the sums with all rows of messages',
  'COLUMN ledger.last_recount.only_row': 'Always true, so that there is one row',
  'COLUMN ledger.last_recount.started_at': 'When it began',
  'COLUMN ledger.last_recount.seconds': 'How long it took',
  'COLUMN ledger.last_recount.differences': 'Sums that differed from the rows',
  'COLUMN ledger.last_recount.compared_at': 'When the latest comparison of the cube daily began',
  'COLUMN ledger.last_recount.compare_seconds': 'How long it took',
  'COLUMN ledger.last_recount.daily_differences': 'Sums that differed from the rows in it',
  'VIEW ledger.daily_differences':
    'Where the sums of the cube daily, by day, campaign, type, channel and flags, differ from the rows; always empty. Reads all rows of messages',
  'COLUMN ledger.daily_differences.date': 'Day of the message',
  'COLUMN ledger.daily_differences.campaign_id': 'Campaign',
  'COLUMN ledger.daily_differences.message_type': 'Kind of campaign',
  'COLUMN ledger.daily_differences.channel': 'Channel',
  'COLUMN ledger.daily_differences.flags': 'The first eight bits of events, one for each flag of messages',
  'COLUMN ledger.daily_differences.kept': 'Count in the sums and deltas',
  'COLUMN ledger.daily_differences.counted': 'Count of the rows',
  'FUNCTION ledger.compare_when_due':
    'Compares the cube daily with all rows of messages if the latest comparison is older than 5 minutes and than a hundred times its ' +
    'duration. Returns whether it did',
  'VIEW ledger.state': 'Whether the sums can be trusted',
  'COLUMN ledger.state.triggers_off': 'Triggers of messages that are missing or disabled; empty if all is well',
  'COLUMN ledger.state.recounted_at': 'When the latest recount began; null before the first',
  'COLUMN ledger.state.differences':
    'Sums that differed from the rows in the latest recount or comparison, and were not rebuilt since',
  'COLUMN ledger.state.found_at': 'When the recount or comparison that found them began; null if there are none',
  'FUNCTION ledger.recount_when_due':
    'Compares the sums with all rows of messages if the latest comparison is older than 15 minutes and than a hundred times its ' +
    'duration. Returns whether it did',
  'COLUMN ledger.deltas.changed_at':
    'Start of the transaction that wrote to messages; -infinity for a delta that a fold combined from others',
  'COLUMN ledger.differences.kept': 'Count in the sums and deltas',
  'COLUMN ledger.differences.recounted': 'Count of the rows',
  'FUNCTION ledger.fold':
    'Adds up to this many deltas to the sums and returns their number; 0 while another fold is running. Results stay the same. While ' +
    'an old snapshot keeps over 100,000 dead deltas, combines deltas to fewer instead',
  'FUNCTION ledger.index_kept_deltas':
    'Notes whether an old snapshot keeps over 100,000 dead deltas; creates their index then, and drops it below 50,000. Call it after a VACUUM. Returns false if a lock was in the way of the index',
  'FUNCTION ledger.pending_rows': 'The rows of the view pending',
  'FUNCTION ledger.oldest_snapshot':
    'Age and holder of the oldest snapshot or transaction of this database, which keeps dead rows from being removed. Sees the ' +
    'sessions that the owner may see',
  'FUNCTION ledger.rebuild':
    'Recounts all rows of messages and blocks writers meanwhile. Needed after rows were written past the triggers, for example by a restore',
  'FUNCTION ledger.count_insert': 'Counts inserted rows',
  'FUNCTION ledger.count_update': 'Counts updated rows: new state minus old state',
  'FUNCTION ledger.count_delete': 'Subtracts deleted rows',
  'FUNCTION ledger.count_truncate': 'Empties the ledger with the table',
  ...ledgerColumns(),
};

function ledgerColumns(): Record<string, string> {
  const columns = {
    cube: 'Kind of count: daily, send_time, provider, device, quality, delay, age or happened; columns of other cubes are null',
    date: 'daily, age: day of the message; happened: day of the event (UTC)',
    weekday: 'send_time: 1 Monday to 7 Sunday (UTC)',
    hour: 'send_time: hour of sending (UTC)',
    campaign_id: 'daily, age, happened: campaign',
    message_type: 'All cubes but quality: kind of campaign',
    channel: 'All cubes but quality: channel',
    email_provider: 'provider: domain of the e-mail address; delay: the same for opens of at most 50 s',
    platform: 'device: device of the reader; delay: the same for opens of at most 50 s',
    stream: 'device: where the client signed up',
    events:
      'daily, send_time, provider, device, quality: what happened, one bit for each event: 1 opened, 2 clicked, 4 unsubscribed, 8 hard bounced, 16 soft bounced, ' +
      '32 complained, 64 blocked, 128 purchased, 256 opened again, 512 clicked again',
    nulls: 'quality: columns without a value, one bit for each nullable column, in the order of the columns',
    event:
      'delay: open, click, purchase, unsubscribe or complaint; age: open, click or purchase; happened: unsubscribe or complaint',
    delay_upto:
      'Upper bound of the seconds from the send to the event. delay: exact up to 50, then in steps of 2 %; -60 for a minute or more before ' +
      'the send. age: 15, 3600 (1 h), 86400 (24 h), 604800 (7 days), 1209600 (14 days), null for later',
    n: 'Messages; may be negative in a delta',
  };
  const relations = ['deltas', 'sums', 'pending', 'entries', 'recount', 'differences'];
  return Object.fromEntries(
    relations.flatMap((relation) =>
      Object.entries(columns)
        .filter(([column]) => column !== 'n' || relation !== 'differences')
        .map(([column, text]) => [`COLUMN ledger.${relation}.${column}`, text]),
    ),
  );
}
