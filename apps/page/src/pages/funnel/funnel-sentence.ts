import { fullCount, percent } from '../../format/number.js';
import type { Over } from '../../rates/rates.js';

export interface Stages {
  readonly sent: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  readonly purchased: number;
  readonly clicked_unopened: number;
  readonly purchased_unopened: number;
  readonly purchased_unclicked: number;
}

const NAMES = [
  ...(['sent', 'delivered', 'opened', 'clicked', 'purchased'] as const),
  ...(['clicked_unopened', 'purchased_unopened', 'purchased_unclicked'] as const),
];

/** Counts of all groups together. */
export function sumOf(rows: readonly Stages[]): Stages {
  return Object.fromEntries(
    NAMES.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]),
  ) as unknown as Stages;
}

/** Rates of fewer messages prove little. */
const FEW = 100;

export function funnelSentence(stages: Stages, over: Over, group: string, locale?: string): string {
  const { sent, delivered, opened, clicked, purchased } = stages;
  if (sent === 0) return `There are no ${group}messages.`;
  const whole = stages[over];
  const all = `${fullCount(sent, locale)} ${group}${sent === 1 ? 'message' : 'messages'}`;
  if (sent < FEW) {
    const parts = [`${delivered} delivered`, `${opened} opened`, `${clicked} clicked`, `${purchased} bought from`];
    return `Only ${all}, too few for rates: ${listOf(parts)}.`;
  }
  if (whole === 0) return `None of ${all} was delivered.`;
  const share = (count: number) => percent(count / whole, locale);
  const base = over === 'delivered' ? 'the delivered' : 'them';
  return (
    `Of ${all}, ${percent(delivered / sent, locale)} were delivered; of ${base}, ` +
    `${share(opened)} were opened, ${share(clicked)} clicked and ${share(purchased)} bought from.`
  );
}

/** Says that the stages are not nested. */
export function nestingNote(
  { clicked_unopened: clicked, purchased_unopened: bought, purchased_unclicked: unclicked }: Stages,
  locale?: string,
): string {
  const parts = [
    clicked > 0 ? `${fullCount(clicked, locale)} were clicked without a recorded open` : undefined,
    bought > 0 ? `${fullCount(bought, locale)} bought from without a recorded open` : undefined,
    unclicked > 0 ? `${fullCount(unclicked, locale)} bought from without a click` : undefined,
  ].filter((part) => part !== undefined);
  return `The stages are not nested: each is counted by itself${parts.length === 0 ? '' : `, and ${listOf(parts)}`}.`;
}

function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}
