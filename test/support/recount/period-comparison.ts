import type { MartRow } from '../mart-rows.js';
import { newcombe } from './compare.js';
import { count, countsAndRates, groupBy, RATES, SHARES } from './counting.js';
import { dataSpan, dayNumber, dayOf, isDated, isMature, type Dated } from './days.js';
import type { MartData } from './mart-data.js';

/** Columns that are not rounded below. */
export const DIFFERENCES = SHARES.flatMap((rate) => [
  `${rate}_difference`,
  `${rate}_difference_low`,
  `${rate}_difference_high`,
]);

/** The rows of mart.period_comparison. Differences and their bounds are not rounded. */
export function periodComparison(data: MartData, firstDay?: string, lastDay?: string): MartRow[] {
  const span = dataSpan(data.messages);
  const period = periodOf(span, firstDay && dayNumber(firstDay), lastDay && dayNumber(lastDay));
  if (period === undefined) return [];
  const { first, last } = period;
  const beforeFirst = first - (last - first) - 1;
  const isInPeriod = ({ date }: Dated) => dayNumber(date) >= first && dayNumber(date) <= last;
  const isBefore = ({ date }: Dated) => dayNumber(date) >= beforeFirst && dayNumber(date) < first;
  const messages = data.messages.filter(isDated).filter((message) => isInPeriod(message) || isBefore(message));
  const groups = [
    { key: { dimension: 'all', value: 'all' }, items: messages },
    ...groupBy(messages, ({ channel: value }) => ({ dimension: 'channel', value })),
    ...groupBy(messages, ({ message_type: value }) => ({ dimension: 'type', value })),
  ];
  return groups.map(({ key, items }) => {
    const [now, before] = [items.filter(isInPeriod), items.filter(isBefore)];
    return {
      ...key,
      ...{ first_day: dayOf(first), last_day: dayOf(last) },
      ...{ before_first_day: dayOf(beforeFirst), before_last_day: dayOf(first - 1) },
      data_first_day: span ? dayOf(span.first) : null,
      data_last_day: span ? dayOf(span.last) : null,
      mature_until: span ? dayOf(span.last - 7) : null,
      purchase_mature_until: span ? dayOf(span.last - 14) : null,
      is_mature: isMature(now, data.messages, 7),
      is_purchase_mature: isMature(now, data.messages, 14),
      before_is_mature: isMature(before, data.messages, 7),
      before_is_purchase_mature: isMature(before, data.messages, 14),
      ...countsAndRates(now),
      ...Object.fromEntries(Object.entries(countsAndRates(before)).map(([name, value]) => [`before_${name}`, value])),
      ...Object.fromEntries(SHARES.flatMap((rate) => Object.entries(differenceOf(rate, before, now)))),
    };
  });
}

function periodOf(span: ReturnType<typeof dataSpan>, first?: number | '', last?: number | '') {
  if (typeof last === 'number') return { first: typeof first === 'number' ? first : last - 6, last };
  if (typeof first === 'number') return { first, last: Math.max(first, span?.last ?? first) };
  if (span === undefined) return undefined;
  const end = span.first <= span.last - 7 ? span.last - 7 : span.last;
  return { first: end - 6, last: end };
}

function differenceOf(rate: (typeof SHARES)[number], before: readonly Dated[], now: readonly Dated[]): MartRow {
  const [part, whole] = RATES[rate];
  const [was, is] = [before, now].map((items) => ({ part: count(items, part), whole: count(items, whole) }));
  const [low, high] = newcombe(was!, is!, 0.05) ?? [null, null];
  return {
    [`${rate}_difference`]: low === null ? null : is!.part / is!.whole - was!.part / was!.whole,
    [`${rate}_difference_low`]: low,
    [`${rate}_difference_high`]: high,
    [`${rate}_is_clear`]: low === null || high === null ? null : low > 0 || high < 0,
  };
}
