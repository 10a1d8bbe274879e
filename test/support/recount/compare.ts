import type { MartRow } from '../mart-rows.js';
import { bounded, campaignOf, count, groupBy, RATES, type Rate } from './counting.js';
import { dataSpan, dayNumber, isDated } from './days.js';
import type { MartData, Message } from './mart-data.js';

/** Conditions of a group, as mart.compare takes them. */
export interface MessageGroup {
  readonly campaign_id?: number | null;
  readonly campaign_type?: string;
  readonly channel?: string;
  readonly topic?: string | null;
  readonly from?: string;
  readonly to?: string;
}

/** The share of a standard normal distribution below x, from its series. */
function normalBelow(x: number): number {
  let [term, sum] = [x, x];
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= x ** 2 / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Where a function that ascends from `low` to `high` reaches 0. */
function rootOf(ascending: (x: number) => number, low: number, high: number): number {
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (ascending(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How many standard deviations hold all but `alpha` of a normal distribution, between both tails. */
export function twoSided(alpha: number): number {
  return rootOf((x) => normalBelow(x) - (1 - alpha / 2), 0, 8);
}

/** Wilson's interval by its definition: the shares from which the observed one is at most z standard errors away. */
function wilson(p: number, n: number, z: number): readonly [number, number] {
  const distance = (share: number) => (p - share) ** 2 - (z ** 2 * share * (1 - share)) / n;
  return [p === 0 ? 0 : rootOf((share) => -distance(share), 0, p), p === 1 ? 1 : rootOf(distance, p, 1)];
}

interface Share {
  readonly part: number;
  readonly whole: number;
}

/** Newcombe's interval for the share of b minus the share of a. */
export function newcombe(a: Share, b: Share, alpha: number): readonly [low: number, high: number] | null {
  if (a.whole === 0 || b.whole === 0) return null;
  const z = twoSided(alpha);
  // Events without a delivery can make the part greater than the whole.
  const [pa, pb] = [Math.min(1, a.part / a.whole), Math.min(1, b.part / b.whole)];
  const [[lowA, highA], [lowB, highB]] = [wilson(pa, a.whole, z), wilson(pb, b.whole, z)];
  const difference = b.part / b.whole - a.part / a.whole;
  return [difference - Math.hypot(pb - lowB, highA - pa), difference + Math.hypot(highB - pb, pa - lowA)];
}

function matching(data: MartData, group: MessageGroup): Message[] {
  const { campaign_id, campaign_type, channel, topic, from, to } = group;
  return data.messages.filter(
    (message) =>
      (campaign_id === undefined || message.campaign_id === campaign_id) &&
      (campaign_type === undefined || message.message_type === campaign_type) &&
      (channel === undefined || message.channel === channel) &&
      (topic === undefined || (campaignOf(data, message)?.topic ?? null) === topic) &&
      (from === undefined || (message.date !== null && message.date >= from)) &&
      (to === undefined || (message.date !== null && message.date <= to)),
  );
}

/** The rows of mart.compare without its warnings. Differences and their bounds are not rounded. */
export function compareGroups(data: MartData, a: MessageGroup, b: readonly MessageGroup[], rate: Rate): MartRow[] {
  const [part, whole] = RATES[rate];
  const shareOf = (messages: readonly Message[]) => ({ part: count(messages, part), whole: count(messages, whole) });
  const one = shareOf(matching(data, a));
  return b.map((group, i) => {
    const other = shareOf(matching(data, group));
    const [low, high] = newcombe(one, other, 0.05) ?? [null, null];
    const [lowAdjusted, highAdjusted] = newcombe(one, other, 0.05 / b.length) ?? [null, null];
    const isClear = (from: number | null, to: number | null) =>
      from === null || to === null ? null : from > 0 || to < 0;
    return {
      ...{ comparison: i + 1, comparisons: b.length, group_a: a, group_b: group },
      ...{ a_whole: one.whole, a_part: one.part, ...bounded('a_rate', one.part, one.whole) },
      ...{ b_whole: other.whole, b_part: other.part, ...bounded('b_rate', other.part, other.whole) },
      difference: low === null ? null : other.part / other.whole - one.part / one.whole,
      ...{ difference_low: low, difference_high: high, is_clear: isClear(low, high) },
      ...{ difference_low_adjusted: lowAdjusted, difference_high_adjusted: highAdjusted },
      is_clear_adjusted: isClear(lowAdjusted, highAdjusted),
    };
  });
}

/** Warnings of one row, as mart.compare words them, in any order. */
export function compareWarnings(
  data: MartData,
  a: MessageGroup,
  b: MessageGroup,
  rate: Rate,
  comparisons: number,
): string[] {
  const groups = [
    { name: 'a', group: a, messages: matching(data, a) },
    { name: 'b', group: b, messages: matching(data, b) },
  ] as const;
  const [{ messages: inA }, { messages: inB }] = groups;
  const warnings: string[] = [];

  const setOfB = new Set(inB);
  const shared = inA.filter((message) => setOfB.has(message)).length;
  if (shared > 0) warnings.push(`${shared} messages are in both groups.`);

  for (const [key, column, what] of [
    ['channel', 'channel', 'channels'],
    ['campaign_type', 'message_type', 'types'],
  ] as const) {
    const without = (group: MessageGroup) =>
      Object.entries(group)
        .filter(([each]) => each !== key)
        .sort();
    const isTheQuestion = JSON.stringify(without(a)) === JSON.stringify(without(b));
    const shares = groupBy([...inA, ...inB], (message) => ({ value: message[column] })).map(({ key: { value } }) =>
      groups.map(({ messages }) => messages.filter((message) => message[column] === value).length / messages.length),
    );
    const differ = inA.length > 0 && inB.length > 0 && shares.some(([x, y]) => Math.abs(x! - y!) > 0.1);
    if (!isTheQuestion && differ) {
      warnings.push(`a and b have different shares of ${what}, which may be what makes the difference.`);
    }
  }

  const end = dataSpan(data.messages)?.last ?? 0;
  const days = rate.startsWith('purchase') ? 14 : 7;
  const denominator = RATES[rate][1];
  for (const { name, group, messages } of groups) {
    const whole = count(messages, denominator);
    const isUnknown = typeof group.topic === 'string' && !data.campaigns.some(({ topic }) => topic === group.topic);
    if (messages.length === 0) {
      warnings.push(
        `No message matches ${name}${isUnknown ? `: no campaign has the topic ${JSON.stringify(group.topic)}` : ''}.`,
      );
    } else if (whole < 100) warnings.push(`Only ${whole} messages of ${name} were ${denominator}.`);
    const dated = messages.filter(isDated);
    const young = dated.filter(({ date }) => end - dayNumber(date) < days).length;
    if (young > 0.01 * dated.length) {
      const percent = Math.max(1, Math.round((100 * young) / dated.length));
      warnings.push(
        `${percent} % of the messages of ${name} were sent in the last ${days} days of the data, and more events may follow.`,
      );
    }
  }
  if (comparisons > 1) {
    warnings.push(
      `${comparisons} groups are compared with a: at 95 %, one in twenty differs by chance alone, so look at the adjusted interval.`,
    );
  }
  return warnings;
}
