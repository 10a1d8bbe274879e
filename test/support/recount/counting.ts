import type { MartRow } from '../mart-rows.js';
import type { Campaign, MartData, Message } from './mart-data.js';

export const isDelivered = (m: Message) => !m.is_hard_bounced && !m.is_soft_bounced && !m.is_blocked;
const isLater = (last: Date | null, first: Date | null) => last !== null && first !== null && last > first;

const MEASURES = {
  sent: () => true,
  delivered: isDelivered,
  opened: (m) => m.is_opened,
  clicked: (m) => m.is_clicked,
  opened_and_clicked: (m) => m.is_opened && m.is_clicked,
  clicked_unopened: (m) => m.is_clicked && !m.is_opened,
  unsubscribed: (m) => m.is_unsubscribed,
  bounced: (m) => m.is_hard_bounced || m.is_soft_bounced,
  hard_bounced: (m) => m.is_hard_bounced,
  soft_bounced: (m) => m.is_soft_bounced,
  complained: (m) => m.is_complained,
  blocked: (m) => m.is_blocked,
  purchased: (m) => m.is_purchased,
  purchased_unopened: (m) => m.is_purchased && !m.is_opened,
  purchased_unclicked: (m) => m.is_purchased && !m.is_clicked,
  purchased_clicked: (m) => m.is_purchased && m.is_clicked,
  reopened: (m) => isLater(m.opened_last_time_at, m.opened_first_time_at),
  reclicked: (m) => isLater(m.clicked_last_time_at, m.clicked_first_time_at),
} as const satisfies Record<string, (m: Message) => boolean>;

export type Measure = keyof typeof MEASURES;

export const RATES = {
  delivery_rate: ['delivered', 'sent'],
  open_rate: ['opened', 'sent'],
  open_rate_delivered: ['opened', 'delivered'],
  click_rate: ['clicked', 'sent'],
  click_rate_delivered: ['clicked', 'delivered'],
  click_to_open_rate: ['opened_and_clicked', 'opened'],
  unsubscribe_rate: ['unsubscribed', 'sent'],
  unsubscribe_rate_delivered: ['unsubscribed', 'delivered'],
  bounce_rate: ['bounced', 'sent'],
  hard_bounce_rate: ['hard_bounced', 'sent'],
  soft_bounce_rate: ['soft_bounced', 'sent'],
  complaint_rate: ['complained', 'sent'],
  complaint_rate_delivered: ['complained', 'delivered'],
  block_rate: ['blocked', 'sent'],
  purchase_rate: ['purchased', 'sent'],
  purchase_rate_delivered: ['purchased', 'delivered'],
  purchase_to_click_rate: ['purchased_clicked', 'clicked'],
  reopen_rate: ['reopened', 'opened'],
  reclick_rate: ['reclicked', 'clicked'],
} as const satisfies Record<string, readonly [part: Measure, whole: Measure]>;

export type Rate = keyof typeof RATES;

/** The counts of most views. */
const COUNTS: readonly Measure[] = [
  'sent',
  'delivered',
  'opened',
  'clicked',
  'opened_and_clicked',
  'unsubscribed',
  'bounced',
  'complained',
  'blocked',
  'purchased',
];
/** The rates of most views. */
export const SHARES: readonly Rate[] = [
  'open_rate',
  'open_rate_delivered',
  'click_rate',
  'click_rate_delivered',
  'click_to_open_rate',
  'unsubscribe_rate',
  'unsubscribe_rate_delivered',
  'bounce_rate',
  'complaint_rate',
  'complaint_rate_delivered',
  'purchase_rate',
  'purchase_rate_delivered',
];

export function count(messages: readonly Message[], measure: Measure): number {
  return messages.filter(MEASURES[measure]).length;
}

/** part / whole as PostgreSQL rounds it, halves away from zero. */
export function ratio(part: number, whole: number, digits = 6): number | null {
  return whole === 0 ? null : Math.round((part * 10 ** digits) / whole) / 10 ** digits;
}

export function rate(messages: readonly Message[], name: Rate): number | null {
  const [part, whole] = RATES[name];
  return ratio(count(messages, part), count(messages, whole));
}

/** The 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval of a share, from its usual form with the observed share p; unrounded. */
function wilson(part: number, whole: number): readonly [low: number, high: number] | null {
  if (whole === 0) return null;
  const p = Math.min(part / whole, 1);
  const centre = p + Z ** 2 / (2 * whole);
  const margin = Z * Math.sqrt((p * (1 - p)) / whole + Z ** 2 / (4 * whole ** 2));
  const scale = 1 + Z ** 2 / whole;
  return [Math.max(0, (centre - margin) / scale), (centre + margin) / scale];
}

/** A rate with its bounds, as the columns `name`, `name_low` and `name_high`. */
export function bounded(name: string, part: number, whole: number): MartRow {
  const [low, high] = wilson(part, whole)?.map((bound) => ratio(bound, 1)) ?? [null, null];
  return { [name]: ratio(part, whole), [`${name}_low`]: low!, [`${name}_high`]: high! };
}

export function boundedRate(messages: readonly Message[], name: Rate): MartRow {
  const [part, whole] = RATES[name];
  return bounded(name, count(messages, part), count(messages, whole));
}

export function countsAndRates(
  messages: readonly Message[],
  measures: readonly Measure[] = COUNTS,
  rates: readonly Rate[] = SHARES,
): MartRow {
  return {
    ...Object.fromEntries(measures.map((name) => [name, count(messages, name)])),
    ...Object.fromEntries(rates.flatMap((name) => Object.entries(boundedRate(messages, name)))),
  };
}

export interface Group<T, K> {
  readonly key: K;
  readonly items: readonly T[];
}

export function groupBy<T, K extends MartRow>(items: readonly T[], keyOf: (item: T) => K): Group<T, K>[] {
  const groups = new Map<string, { key: K; items: T[] }>();
  for (const item of items) {
    const key = keyOf(item);
    const name = JSON.stringify(key);
    const group = groups.get(name);
    if (group) group.items.push(item);
    else groups.set(name, { key, items: [item] });
  }
  return [...groups.values()];
}

export function campaignOf({ campaigns }: MartData, message: Message): Campaign | undefined {
  return campaigns.find(
    ({ id, campaign_type }) => id === message.campaign_id && campaign_type === message.message_type,
  );
}
