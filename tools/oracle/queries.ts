import { totalOf, type Cell, type Labels } from './cell.js';
import { boundedShare, measuresOf, share, type Columns } from './columns.js';
import { difference, ratio } from './ratio.js';

/** A query of the mart, and how to derive its expected result from cells. */
export interface MartQuery {
  readonly name: string;
  readonly sql: string;
  /** Labels that form the key of a row. */
  readonly by: readonly (keyof Labels)[];
  /** Selects cells; all by default. */
  readonly filter?: (cell: Cell) => boolean;
  /** Further columns besides key, counts and rates. */
  readonly extra?: (group: readonly Cell[], all: readonly Cell[]) => Columns;
  /** Columns of the view that come from reference files only and are not compared. */
  readonly fromReferenceFiles?: readonly string[];
}

const view = (name: string, query: Omit<MartQuery, 'name' | 'sql'>): MartQuery => ({
  name: `mart.${name}`,
  sql: `SELECT * FROM mart.${name}`,
  ...query,
});

/** A view whose rows add up to known totals. */
const sums = (name: string, counts: readonly string[], query: Omit<MartQuery, 'name' | 'sql'>): MartQuery => ({
  name: `mart.${name}, added up`,
  sql: `SELECT ${query.by.join(', ')}, ${counts.map((count) => `sum(${count}) AS ${count}`).join(', ')}
        FROM mart.${name} GROUP BY ${query.by.join(', ')}`,
  ...query,
});

const USUAL = ['sent', 'delivered', 'opened', 'clicked', 'opened_and_clicked', 'unsubscribed', 'bounced', 'complained'];

export const MART_QUERIES: readonly MartQuery[] = [
  view('channel_rates', { by: ['channel'] }),
  view('type_channel_rates', { by: ['message_type', 'channel'] }),
  view('topic_rates', {
    by: ['topic', 'message_type'],
    extra: (group, all) => ({
      campaigns: distinct(group, 'campaign_id').length,
      sent_without_campaign: 0,
      ...maturity(group, all),
    }),
  }),
  view('funnel', { by: ['message_type', 'channel'] }),
  view('reopens_and_reclicks', { by: ['message_type', 'channel'] }),
  view('unsubscribes_and_complaints', {
    by: ['date', 'channel', 'topic'],
    extra: (group, all) => ({
      ...rightCensoring(group[0]!.labels.date, all),
      share_of_unsubscribes: share(totalOf(group), 'unsubscribed', totalOf(all), 'unsubscribed'),
      share_of_complaints: share(totalOf(group), 'complained', totalOf(all), 'complained'),
    }),
  }),
  view('daily_rates', {
    by: ['date'],
    extra: weekOf,
    fromReferenceFiles: ['holiday', 'is_doubtful_holiday'],
  }),
  {
    name: 'mart.holiday_effect',
    sql: 'SELECT date AS holiday_date, * FROM mart.holiday_effect',
    by: ['message_type', 'holiday_date'],
    extra: comparedWithRegularDays,
    fromReferenceFiles: ['is_doubtful'],
  },
  view('campaign_scorecard', {
    by: ['campaign_id', 'campaign_type'],
    extra: (group, all) => {
      const days = distinct(group, 'date').sort();
      const { topic, campaign_channel } = group[0]!.labels;
      return {
        ...{ is_known: true, topic, campaign_channel, first_date: days[0], last_date: days.at(-1) },
        ...{ first_date_99: withoutStrays(group, days), last_date_99: withoutStrays(group, days.reverse()) },
        ...maturity(group, all),
      };
    },
    fromReferenceFiles: ['total_count', 'sent_of_total'],
  }),
  view('campaign_daily', {
    by: ['date', 'campaign_id', 'campaign_type', 'channel'],
    extra: (group, all) => {
      const { date, topic } = group[0]!.labels;
      return { topic, ...rightCensoring(date, all) };
    },
  }),
  sums('experiment_effect', ['campaigns', ...USUAL, 'blocked', 'purchased'], {
    by: ['campaign_type'],
    extra: (group) => ({ campaigns: distinct(group, 'campaign_id').length }),
  }),
  sums('send_time_rates', [...USUAL, 'blocked', 'purchased'], { by: ['message_type', 'channel'] }),
  sums('stream_rates', [...USUAL, 'blocked', 'purchased'], { by: ['channel'] }),
  sums('platform_engagement', ['opened', 'clicked', 'opened_and_clicked'], {
    by: ['channel'],
    filter: ({ counts }) => counts['opened']! > 0 || counts['clicked']! > 0,
  }),
  {
    name: 'mart.provider_deliverability, added up',
    sql: `SELECT 'email' AS channel, sum(sent) AS sent, sum(delivered) AS delivered, sum(hard_bounced) AS hard_bounced,
                 sum(soft_bounced) AS soft_bounced, sum(blocked) AS blocked, sum(complained) AS complained, sum(opened) AS opened
          FROM mart.provider_deliverability HAVING count(*) > 0`,
    by: ['channel'],
    filter: ({ labels }) => labels.channel === 'email',
  },
];

function distinct(cells: readonly Cell[], name: 'campaign_id' | 'date'): string[] {
  return [...new Set(cells.map(({ labels }) => labels[name]))];
}

/** Counts and rates of the seven days up to a day. */
function weekOf(group: readonly Cell[], all: readonly Cell[]): Columns {
  const { date } = group[0]!.labels;
  const weekAgo = daysBefore(date, 7);
  const week = totalOf(all.filter(({ labels }) => labels.date > weekAgo && labels.date <= date));
  return {
    ...rightCensoring(date, all),
    sent_7d: week['sent'],
    opened_7d: week['opened'],
    clicked_7d: week['clicked'],
    purchased_7d: week['purchased'],
    ...boundedShare('open_rate_7d', week, 'opened', 'sent'),
    ...boundedShare('click_rate_7d', week, 'clicked', 'sent'),
    ...boundedShare('purchase_rate_7d', week, 'purchased', 'sent'),
    delivered_7d: week['delivered'],
    ...boundedShare('open_rate_delivered_7d', week, 'opened', 'delivered'),
    ...boundedShare('click_rate_delivered_7d', week, 'clicked', 'delivered'),
    ...boundedShare('purchase_rate_delivered_7d', week, 'purchased', 'delivered'),
  };
}

/** Opens and clicks are complete after seven days, purchases after fourteen. */
function rightCensoring(date: string, all: readonly Cell[]): Columns {
  const last = lastDay(all);
  return {
    is_right_censored: date > daysBefore(last, 7),
    is_purchase_right_censored: date > daysBefore(last, 14),
  };
}

/** Whether 99 % of the messages were sent before the last 7 or 14 days. */
function maturity(group: readonly Cell[], all: readonly Cell[]): Columns {
  const last = lastDay(all);
  const { sent } = totalOf(group);
  const isMature = (days: number) => {
    const old = group.filter(({ labels }) => labels.date <= daysBefore(last, days));
    return (totalOf(old)['sent'] ?? 0) * 100 >= sent! * 99;
  };
  return { is_mature: isMature(7), is_purchase_mature: isMature(14) };
}

/** The first of these days that is not among the first 0.5 % of the messages. */
function withoutStrays(group: readonly Cell[], days: readonly string[]): string {
  const strays = Math.floor(totalOf(group)['sent']! / 200);
  let sent = 0;
  return days.find((day) => {
    sent += totalOf(group.filter(({ labels }) => labels.date === day))['sent']!;
    return sent > strays;
  })!;
}

/** The newest day with enough messages on it or later: 0.5 % of all, or half as many as on an average day. */
function lastDay(all: readonly Cell[]): string {
  const days = distinct(all, 'date').sort();
  const total = totalOf(all)['sent']!;
  const enough = Math.min(0.005 * total, (0.5 * total) / days.length);
  const since = (day: string) => totalOf(all.filter(({ labels }) => labels.date >= day))['sent']!;
  return days.reverse().find((day) => since(day) >= enough)!;
}

function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);
}

function comparedWithRegularDays(group: readonly Cell[], all: readonly Cell[]): Columns {
  const { message_type, holiday, holiday_date } = group[0]!.labels;
  const regular = all.filter(({ labels }) => labels.message_type === message_type && labels.holiday_date === null);
  const days = distinct(group, 'date').length;
  const lift = (rate: string) => difference(rateOf(group, rate), regular.length === 0 ? null : rateOf(regular, rate));
  return {
    holiday,
    date: holiday_date,
    is_holiday: holiday_date !== null,
    ...(holiday_date === null
      ? { is_right_censored: null, is_purchase_right_censored: null }
      : rightCensoring(holiday_date, all)),
    days,
    sent_per_day: ratio(totalOf(group)['sent']!, days, 1),
    open_rate_lift: lift('open_rate'),
    click_rate_lift: lift('click_rate'),
    purchase_rate_lift: lift('purchase_rate'),
  };
}

function rateOf(cells: readonly Cell[], rate: string): string | null {
  return measuresOf(cells)[rate] as string | null;
}
