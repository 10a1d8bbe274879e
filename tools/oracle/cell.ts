/** What the messages of a cell have in common, under the names of the views' columns. */
export interface Labels {
  readonly campaign_id: string;
  readonly campaign_type: string;
  /** The same as campaign_type: views over messages call it so. */
  readonly message_type: string;
  readonly campaign_channel: string;
  readonly channel: string;
  readonly topic: string | null;
  /** YYYY-MM-DD */
  readonly date: string;
  /** `regular day` on a day that is none. */
  readonly holiday: string;
}

/** The six measures that an aggregate gives. */
export const AGGREGATE_MEASURES = ['sent', 'opened', 'clicked', 'unsubscribed', 'bounced', 'purchased'] as const;

/** Messages by the name of a measure. Cells of an aggregate have its six, those counted from a file all. */
export type Counts = Readonly<Record<string, number>>;

/** Messages of one campaign, channel and day. */
export interface Cell {
  readonly labels: Labels;
  readonly counts: Counts;
}

/** Cells by the labels named, in the order of their first cells. */
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

/** One text for several values, null among them. */
export function keyOf(values: readonly (string | null | undefined)[]): string {
  return JSON.stringify(values);
}

/** All measures added up; none where there are no cells. */
export function totalOf(cells: readonly Cell[]): Counts {
  const total: Record<string, number> = {};
  for (const { counts } of cells) {
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
