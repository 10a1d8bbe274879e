/** Properties that all messages of a cell share, named like the views' columns. */
export interface Labels {
  readonly campaign_id: string;
  readonly campaign_type: string;
  /** Equal to campaign_type; views over messages use this name. */
  readonly message_type: string;
  readonly campaign_channel: string;
  readonly channel: string;
  readonly topic: string | null;
  /** YYYY-MM-DD */
  readonly date: string;
  /** `regular day` if the day is not a holiday. */
  readonly holiday: string;
  /** The date of a holiday; null for regular days, which are one group. */
  readonly holiday_date: string | null;
}

/** The six measures of an aggregate. */
export const AGGREGATE_MEASURES = ['sent', 'opened', 'clicked', 'unsubscribed', 'bounced', 'purchased'] as const;

/** Number of messages by measure. Cells of an aggregate have six measures, cells counted from a file have all. */
export type Counts = Readonly<Record<string, number>>;

/** The messages of one campaign, channel and day. */
export interface Cell {
  readonly labels: Labels;
  readonly counts: Counts;
}

/** Groups cells by these labels, in the order of their first cells. */
export function groupsBy(cells: readonly Cell[], by: readonly (keyof Labels)[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = keyOf(by.map((name) => cell.labels[name]));
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups.values()];
}

/** One text for several values, nulls included. */
export function keyOf(values: readonly (string | null | undefined)[]): string {
  return JSON.stringify(values);
}

/** The sum of each measure; empty if there are no cells. */
export function totalOf(cells: readonly Cell[]): Counts {
  const total: Record<string, number> = {};
  for (const { counts } of cells) {
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
