import { parseDay } from './clock.js';
import { parseCsv } from './csv.js';
import { GeneratorError } from './generator-error.js';
import { type Channel, type Measures, type MessageType } from './model.js';

/** The counts of one campaign, channel and day. */
export interface AggregateCell {
  readonly campaignId: number;
  readonly type: MessageType;
  readonly campaignChannel: string;
  readonly channel: Channel;
  readonly topic: string;
  readonly day: number;
  /** Undefined if the day is not a holiday. */
  readonly holiday: string | undefined;
  readonly measures: Measures;
}

const TYPES: readonly string[] = ['bulk', 'trigger', 'transactional'] satisfies MessageType[];
const CHANNELS: readonly string[] = ['email', 'mobile_push', 'web_push', 'sms'] satisfies Channel[];

const COLUMNS = [
  'campaign_id',
  'campaign_type',
  'campaign_channel',
  'message_channel',
  'topic',
  'date',
  'is_holiday',
  'holiday_name',
  'total_messages_sent',
  'total_opens',
  'total_clicks',
  'total_unsubscribes',
  'total_bounces',
  'total_purchases',
] as const;

/**
 * Reads an aggregate of a messages file: CSV with a header, one record for each campaign, message channel and day.
 * Columns are found by name; unknown columns are skipped.
 *
 * @throws GeneratorError (BAD_AGGREGATE) with the record's number; the header is record 1
 */
export function parseAggregate(text: string): AggregateCell[] {
  const [header = [], ...records] = parseCsv(text);
  const positions = new Map(header.map((name, position) => [name, position]));
  const missing = COLUMNS.filter((name) => !positions.has(name));
  if (missing.length > 0) throw bad(1, `the header lacks ${missing.join(', ')}`);
  if (records.length === 0) throw bad(1, 'there are no records below the header');

  const cells = records.map((record, index) => {
    if (record.length !== header.length)
      throw bad(index + 2, `${record.length} fields, the header has ${header.length}`);
    return readCell((name) => record[positions.get(name)!]!, index + 2);
  });
  checkTopics(cells);
  return cells;
}

function readCell(field: (name: (typeof COLUMNS)[number]) => string, record: number): AggregateCell {
  const count = (name: (typeof COLUMNS)[number]) => {
    const value = field(name);
    if (!/^\d{1,12}$/.test(value)) throw bad(record, `${name} is not a whole number: "${value}"`);
    return Number(value);
  };
  const oneOf = <T extends string>(name: (typeof COLUMNS)[number], values: readonly string[]) => {
    const value = field(name);
    if (!values.includes(value)) throw bad(record, `${name} must be one of ${values.join(', ')}: "${value}"`);
    return value as T;
  };
  const day = parseDay(field('date'));
  if (day === undefined) throw bad(record, `date is not a valid day: "${field('date')}"`);

  const measures: Measures = {
    sent: count('total_messages_sent'),
    opens: count('total_opens'),
    clicks: count('total_clicks'),
    unsubscribes: count('total_unsubscribes'),
    bounces: count('total_bounces'),
    purchases: count('total_purchases'),
  };
  const delivered = measures.sent - measures.bounces;
  const most = Math.max(measures.opens, measures.clicks, measures.unsubscribes, measures.purchases);
  if (most > delivered)
    throw bad(
      record,
      `${most} opens, clicks, unsubscribes or purchases, but only ${delivered} messages that did not bounce`,
    );
  return {
    campaignId: count('campaign_id'),
    type: oneOf<MessageType>('campaign_type', TYPES),
    campaignChannel: field('campaign_channel'),
    channel: oneOf<Channel>('message_channel', CHANNELS),
    topic: field('topic'),
    day,
    holiday: field('is_holiday') === '1' ? field('holiday_name') : undefined,
    measures,
  };
}

/** campaigns.csv has one channel and one topic for each id and type; with more, the files would not join to the aggregate. */
function checkTopics(cells: readonly AggregateCell[]): void {
  const known = new Map<string, string>();
  cells.forEach(({ campaignId, type, campaignChannel, topic }, index) => {
    const key = `${campaignId} ${type}`;
    const value = `${campaignChannel} "${topic}"`;
    const before = known.get(key) ?? value;
    if (before !== value) throw bad(index + 2, `campaign ${key} has two channels or topics: ${before} and ${value}`);
    known.set(key, value);
  });
}

function bad(record: number, what: string): GeneratorError {
  return new GeneratorError('BAD_AGGREGATE', `the aggregate's record ${record} cannot be used: ${what}`);
}
