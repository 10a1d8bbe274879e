import { type AggregateCell } from './aggregate.js';
import { apportion } from './apportion.js';
import { sendingTime } from './campaigns.js';
import { dayText } from './clock.js';
import { GeneratorError } from './generator-error.js';
import { HOLIDAYS } from './holidays.js';
import { type Campaign, type Holiday, type Measures, type Plan } from './model.js';
import { Outcomes } from './outcomes.js';
import { type Prng } from './prng.js';

/**
 * A file with the counts of an aggregate. With `rows` equal to its number of messages, every count is exact. With fewer rows,
 * each measure's total is scaled by rows / messages (rounded) and shared among the cells by largest remainder.
 *
 * @throws GeneratorError (BAD_OPTION) if `rows` exceeds the aggregate's number of messages
 */
export function likePlan(aggregate: readonly AggregateCell[], rows: number, prng: Prng): Plan {
  const byDay = [...aggregate].sort((one, other) => one.day - other.day);
  const campaigns = campaignsOf(byDay, prng);
  const measures = scale(
    byDay.map((cell) => cell.measures),
    rows,
  );
  const cells = byDay.map((cell, index) => ({
    campaign: campaigns.get(keyOf(cell))!,
    channel: cell.channel,
    day: cell.day,
    sent: measures[index]!.sent,
    outcomes: Outcomes.exact(measures[index]!, cell.channel, prng),
  }));
  return {
    cells,
    campaigns: [...campaigns.values()],
    holidays: holidaysOf(byDay),
    firstDay: byDay[0]!.day,
    lastDay: byDay[byDay.length - 1]!.day,
    everyRowIsSent: true,
  };
}

/** Number of messages in the aggregate. */
export function sumOf(aggregate: readonly AggregateCell[]): number {
  return aggregate.reduce((sum, { measures }) => sum + measures.sent, 0);
}

/**
 * The measures of all cells for a smaller total of `sent`. In each cell, bounces are limited to the sent messages and the other
 * measures to messages that did not bounce, so that every cell stays possible.
 */
export function scale(cells: readonly Measures[], rows: number): Measures[] {
  const column = (name: keyof Measures) => cells.map((cell) => cell[name]);
  const sum = (counts: readonly number[]) => counts.reduce((before, count) => before + count, 0);
  const total = sum(column('sent'));
  if (rows > total) {
    throw new GeneratorError('BAD_OPTION', `--rows asks for ${rows} messages, but the aggregate has only ${total}`);
  }
  const share = (name: keyof Measures, room: readonly number[]) => {
    const counts = column(name);
    // Products of two counts can exceed 2^53, hence BigInt; adding half a unit rounds to the nearest.
    const scaled = Number((BigInt(sum(counts)) * BigInt(rows) * 2n + BigInt(total)) / (2n * BigInt(total)));
    return apportion(Math.min(scaled, sum(room)), counts, room);
  };

  const sent = apportion(rows, column('sent'));
  const bounces = share('bounces', sent);
  const delivered = sent.map((count, index) => count - bounces[index]!);
  const opens = share('opens', delivered);
  const clicks = share('clicks', delivered);
  const unsubscribes = share('unsubscribes', delivered);
  const purchases = share('purchases', delivered);
  return cells.map((_, index) => ({
    sent: sent[index]!,
    opens: opens[index]!,
    clicks: clicks[index]!,
    unsubscribes: unsubscribes[index]!,
    bounces: bounces[index]!,
    purchases: purchases[index]!,
  }));
}

function keyOf({ campaignId, type }: AggregateCell): string {
  return `${campaignId} ${type}`;
}

function campaignsOf(cells: readonly AggregateCell[], prng: Prng): Map<string, Campaign> {
  const campaigns = new Map<string, Campaign>();
  for (const cell of cells) {
    const key = keyOf(cell);
    if (campaigns.has(key)) continue;
    campaigns.set(key, {
      id: cell.campaignId,
      type: cell.type,
      channel: cell.campaignChannel,
      topic: cell.topic,
      day: cell.type === 'bulk' ? cell.day : undefined,
      ...sendingTime(prng),
    });
  }
  return campaigns;
}

/** The aggregate's holidays, and the usual ones on days that it does not cover, so that a join restores the aggregate. */
function holidaysOf(cells: readonly AggregateCell[]): Holiday[] {
  const own = new Map(cells.map(({ day, holiday }) => [dayText(day), holiday]));
  const named: Holiday[] = [];
  for (const [date, name] of own) if (name !== undefined) named.push({ date, name });
  return [...HOLIDAYS.filter(({ date }) => !own.has(date)), ...named].sort((one, other) =>
    one.date < other.date ? -1 : one.date > other.date ? 1 : 0,
  );
}
