import { isolate } from '../../format/isolate.js';
import { percent } from '../../format/number.js';
import { verdictOf, type Verdict } from '../../rates/overlap.js';
import { wholeOf, type Over, type Proportion, type RateDefinition } from '../../rates/rates.js';

/** A position in a series of triggers. */
export interface Position extends Proportion {
  readonly topic: string | null;
  readonly position: number | null;
  /** Hardly any events will follow; null without dated messages. */
  readonly isMature: boolean | null;
}

/** Positions of fewer messages are not compared. */
export const ENOUGH = 100;

export interface SeriesChange {
  readonly topic: string | null;
  readonly first: Position;
  readonly last: Position;
  readonly verdict: Verdict;
}

export function isComparable({ position, whole, isMature, value }: Position): boolean {
  return position !== null && whole >= ENOUGH && isMature === true && value !== null;
}

export function topicName(topic: string | null): string {
  return topic === null || topic === '' ? 'no topic' : topic;
}

/** How the rate of each series changes from its first position to its last, of those that can be compared. */
export function seriesChanges(positions: readonly Position[]): SeriesChange[] {
  const byTopic = new Map<string | null, Position[]>();
  for (const position of positions.filter(isComparable)) {
    byTopic.set(position.topic, [...(byTopic.get(position.topic) ?? []), position]);
  }
  return [...byTopic].flatMap(([topic, series]) => {
    const sorted = series.toSorted((a, b) => a.position! - b.position!);
    const [first, last] = [sorted[0]!, sorted.at(-1)!];
    return first === last ? [] : [{ topic, first, last, verdict: verdictOf(last, first) }];
  });
}

export function triggersSentence(
  positions: readonly Position[],
  rate: RateDefinition,
  over: Over,
  locale?: string,
): string {
  if (positions.length === 0) return 'There are no triggers to look at.';
  const name = rate.label.toLowerCase();
  const changes = seriesChanges(positions);
  if (changes.length === 0) {
    return `No series of triggers has two positions whose ${name} can be compared: they are single, small or too recent.`;
  }
  const [falls, rises, open] = (['lower', 'higher', 'unclear'] as const).map((verdict) =>
    changes.filter((change) => change.verdict === verdict),
  ) as [SeriesChange[], SeriesChange[], SeriesChange[]];
  const of = changes.length === 1 ? 'the one series' : `${changes.length} series`;
  const base = `that can be compared, the ${name}`;
  if (falls.length + rises.length === 0) {
    return `In ${of} ${base} does not clearly change from the first position to the last.`;
  }
  const parts = [
    falls.length > 0 ? `falls in ${falls.length}${exampleOf(falls, locale)}` : undefined,
    rises.length > 0 ? `rises in ${rises.length}${exampleOf(rises, locale)}` : undefined,
    open.length > 0 ? `does not clearly change in ${open.length}` : undefined,
  ].filter((part) => part !== undefined);
  const list = parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
  return `From the first position to the last of ${of} ${base} (% of ${wholeOf(rate, over)}) ${list}.`;
}

/** The series with the largest change. */
function exampleOf(changes: readonly SeriesChange[], locale?: string): string {
  const size = ({ first, last }: SeriesChange) => Math.abs(last.value! - first.value!);
  const [largest] = changes.toSorted((a, b) => size(b) - size(a));
  const { topic, first, last } = largest!;
  return ` (${changes.length > 1 ? 'most in ' : ''}${isolate(topicName(topic))}: ${percent(first.value, locale)} to ${percent(last.value, locale)})`;
}
