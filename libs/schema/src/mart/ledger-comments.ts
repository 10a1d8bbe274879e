/** Comments on the ledger, by what COMMENT ON takes. */
export const LEDGER_COMMENTS: Readonly<Record<string, string>> = {
  'SCHEMA ledger': 'The ledger of counts behind the mart; kept by triggers on messages and not for writing',
  'TABLE ledger.deltas': 'What every statement that wrote to messages changed, until it is folded into the sums',
  'TABLE ledger.sums': 'Counts of messages; with the deltas they are exact',
  'VIEW ledger.entries': 'Sums and deltas together: add up n to count messages',
  'VIEW ledger.recount': 'The same counts, made anew from all rows of messages',
  'VIEW ledger.differences': 'Where sums and deltas differ from the recount; always empty. Reads all rows of messages',
  'TABLE ledger.last_change': 'One row: when messages last changed, deltas aside',
  'COLUMN ledger.last_change.changed_at': 'Begin of the newest transaction that was folded',
  'COLUMN ledger.deltas.changed_at': 'Begin of the transaction that wrote to messages',
  'COLUMN ledger.differences.kept': 'What sums and deltas say',
  'COLUMN ledger.differences.recounted': 'What the rows say',
  'FUNCTION ledger.fold':
    'Adds deltas (at most so many) to the sums and gives how many they were; 0 while another fold is at work. Changes no figure',
  'FUNCTION ledger.rebuild':
    'Counts all rows of messages anew, while nobody can write to it. Only needed where triggers were switched off, as some restores do',
  'FUNCTION ledger.count_insert': 'Counts inserted rows',
  'FUNCTION ledger.count_update': 'Counts updated rows: as they are, less as they were',
  'FUNCTION ledger.count_delete': 'Takes deleted rows off',
  'FUNCTION ledger.count_truncate': 'Empties the ledger with the table',
  ...ledgerColumns(),
};

function ledgerColumns(): Record<string, string> {
  const columns = {
    cube: 'By what the entry counts: daily, send_time, provider, device, quality or delay; columns of other cubes are null',
    date: 'daily: day of the message',
    weekday: 'send_time: 1 Monday to 7 Sunday (UTC)',
    hour: 'send_time: hour of sending (UTC)',
    campaign_id: 'daily: campaign',
    message_type: 'All cubes but quality: kind of campaign',
    channel: 'All cubes but quality: channel',
    email_provider: 'provider: domain of the e-mail address',
    platform: 'device: device of the reader',
    stream: 'device: where the client was won',
    events:
      'All cubes but delay: what happened, a bit each: 1 opened, 2 clicked, 4 unsubscribed, 8 hard bounced, 16 soft bounced, ' +
      '32 complained, 64 blocked, 128 purchased, 256 opened again, 512 clicked again',
    nulls: 'quality: columns without a value, a bit each in the order of the columns that may have none',
    event: 'delay: open, click or purchase',
    delay_upto:
      'delay: seconds from the send to the event, at most so many; exact up to 50, then in steps of 2 %; -60 for a minute or more before the send',
    n: 'Messages; may be negative in a delta',
  };
  const relations = ['deltas', 'sums', 'entries', 'recount', 'differences'];
  return Object.fromEntries(
    relations.flatMap((relation) =>
      Object.entries(columns)
        .filter(([column]) => column !== 'n' || relation !== 'differences')
        .map(([column, text]) => [`COLUMN ledger.${relation}.${column}`, text]),
    ),
  );
}
