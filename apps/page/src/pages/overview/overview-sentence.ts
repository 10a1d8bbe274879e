import { count, percent, points } from '../../format/number.js';
import { addDays } from '../../format/time.js';
import { changeOf, type Change, type OverviewRow } from './change.js';
import { beforeName, periodName } from './period.js';
import { RATES, wholeOf, type Over } from './rates.js';

/** A share of a channel or type that differs by more than this from the period before may explain a difference. */
const MIXED = 0.1;

/** How the period did against the one before. Says better or worse only of differences that are clear. */
export function overviewSentence(rows: readonly OverviewRow[], over: Over, locale?: string): string {
  const all = rows.find(({ dimension }) => dimension === 'all');
  if (all?.first_day == null || all.last_day === null) return 'No message with a day of sending has been stored yet.';
  const period = periodName(all.first_day, all.last_day, locale);
  const before = beforeName(all.first_day, all.last_day);
  if (all.sent === 0) {
    const then = all.before_sent === 0 ? `none in ${before} either` : `${count(all.before_sent, locale)} in ${before}`;
    return `${period}: no messages were sent, ${then}.`;
  }
  if (over === 'delivered' && all.delivered === 0) {
    return `${period}: none of the ${count(all.sent, locale)} messages was delivered.`;
  }
  const changes = RATES.map((rate) => changeOf(all, rate, over));
  const [opens, clicks] = [changes[0]!, changes[1]!];
  const base = over === 'delivered' ? 'delivered messages' : 'messages';
  const rates = `${percent(opens.now, locale)} of the ${base} were opened and ${percent(clicks.now, locale)} clicked`;
  if (all.is_mature !== true) {
    return `${period}: opens and clicks are still arriving, too early to compare. So far ${rates}.`;
  }
  if (opens.verdict === 'unknown') return `${period}: ${rates}. There is nothing in ${before} to compare with.`;
  if (opens.verdict === 'arriving') return `${period}: ${rates}. Opens and clicks of ${before} are still arriving.`;
  const clear = changes.filter(({ verdict }) => verdict === 'clear');
  if (clear.length === 0) return `${period}: no clear difference from ${before}. ${rates}.`;
  const changed = listed(clear.map((change, index) => changedPart(change, over, index === 0, locale)));
  const others = [opens, clicks]
    .filter(({ verdict }) => verdict !== 'clear')
    .map(({ rate, now }) => `${rate === RATES[0] ? 'opens' : 'clicks'} (${percent(now, locale)})`);
  const rest = others.length === 0 ? '' : `; ${listed(others)} show no clear difference`;
  return `${period}: ${verdictOf(clear)} ${before}. ${changed}${rest}.`;
}

/** Lines below the sentence: volume, days that are still arriving, and what else may make the difference. */
export function overviewDetails(rows: readonly OverviewRow[], locale?: string): string[] {
  const all = rows.find(({ dimension }) => dimension === 'all');
  if (all?.first_day == null || all.last_day === null) return [];
  return [volumeOf(all, locale), arrivingOf(all, locale), mixOf(rows, locale)].filter((line) => line !== null);
}

function verdictOf(clear: readonly Change[]): string {
  if (clear.every(({ isBetter }) => isBetter === true)) return 'better than';
  return clear.every(({ isBetter }) => isBetter === false) ? 'worse than' : 'partly better and partly worse than';
}

/** "22 % of the delivered messages were opened (+1.2 points)"; names the base only once. */
function changedPart({ rate, now, difference }: Change, over: Over, isFirst: boolean, locale?: string): string {
  const isOfDelivered = wholeOf(rate, over) === 'delivered';
  const base =
    isFirst || isOfDelivered !== (over === 'delivered')
      ? ` of ${isOfDelivered ? 'the delivered' : 'all'} messages`
      : '';
  return `${percent(now, locale)}${base} ${rate.done} (${points(difference, locale)})`;
}

function listed(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}

function volumeOf(all: OverviewRow, locale?: string): string {
  const sent = `${count(all.sent, locale)} messages were sent`;
  const { before_first_day: from, before_last_day: to, data_first_day: begins } = all;
  if (from === null || to === null) return `${sent}.`;
  const before = periodName(from, to, locale);
  if (begins !== null && from < begins) {
    const first = periodName(begins, begins, locale);
    return to < begins
      ? `${sent}. The data begins on ${first}.`
      : `${sent}, ${count(all.before_sent, locale)} in ${before}, a period that the data covers from ${first} only.`;
  }
  return `${sent}, ${count(all.before_sent, locale)} in ${before}.`;
}

function arrivingOf(
  { mature_until: until, data_last_day: end, last_day: last }: OverviewRow,
  locale?: string,
): string | null {
  if (until === null || end === null) return null;
  const days = periodName(addDays(until, 1), end, locale);
  const arriving = `Opens and clicks of messages sent ${days} are still arriving`;
  return last! > until ? `${arriving}.` : `${arriving}; these days are left out.`;
}

/** Other shares of channels or types change the rates of all messages even if those of each channel stay. */
function mixOf(rows: readonly OverviewRow[], locale?: string): string | null {
  const all = rows.find(({ dimension }) => dimension === 'all')!;
  if (all.sent === 0 || all.before_sent === 0) return null;
  const shifted = rows
    .filter(({ dimension }) => dimension !== 'all')
    .map(({ value, sent, before_sent }) => ({ value, now: sent / all.sent, before: before_sent / all.before_sent }))
    .toSorted((one, other) => Math.abs(other.now - other.before) - Math.abs(one.now - one.before))[0];
  if (shifted === undefined || Math.abs(shifted.now - shifted.before) <= MIXED) return null;
  const { value, now, before } = shifted;
  return (
    `${percent(now, locale)} of the messages were ${value.replaceAll('_', ' ')}, ${percent(before, locale)} before: ` +
    'that alone may make a difference, so compare within channels and types.'
  );
}
