/** Width of a text in px. */
export type Measure = (text: string) => number;

const ELLIPSIS = '…';

/** The text, or as much of its beginning as fits, with an ellipsis. Characters of several code units stay whole. */
export function shorten(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)];
  let fits = 0;
  let tooMany = letters.length;
  const beginning = (length: number) => text.slice(0, letters[length]?.index ?? text.length).trimEnd() + ELLIPSIS;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (measure(beginning(middle)) <= width) fits = middle;
    else tooMany = middle;
  }
  return beginning(fits);
}

/** Room for names at the left of a chart: more of a narrow one, as names of a few words have to fit. */
export function nameWidth(width: number): number {
  return width * (width < 500 ? 0.5 : 0.38);
}

/**
 * Moves positions apart, so that two are at least `gap` from each other, and none leaves `from` to `to` as long as there is
 * room. The order stays.
 */
export function spread(positions: readonly number[], gap: number, from: number, to: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => positions[a]! - positions[b]! || a - b);
  const moved = [...positions];
  let least = from;
  for (const index of order) {
    moved[index] = Math.max(least, positions[index]!);
    least = moved[index] + gap;
  }
  let most = to;
  for (const index of order.toReversed()) {
    moved[index] = Math.min(most, moved[index]!);
    most = moved[index] - gap;
  }
  return moved;
}

/** Lines for labels that stand side by side: 0 for the first line, 1 for a label that would cross one there, and so on. */
export function linesFor(labels: readonly { readonly from: number; readonly to: number }[], gap: number): number[] {
  const ends: number[] = [];
  const lines: number[] = [];
  const order = labels.map((_, index) => index).sort((a, b) => labels[a]!.from - labels[b]!.from);
  for (const index of order) {
    const { from, to } = labels[index]!;
    const free = ends.findIndex((end) => end + gap <= from);
    const line = free === -1 ? ends.length : free;
    ends[line] = to;
    lines[index] = line;
  }
  return lines;
}
