import { AGGREGATE_MEASURES, keyOf, totalOf, type Cell, type Counts } from './cell.js';

/**
 * Differences between a file of `rows` messages and its aggregate: in every count of every cell if the file is complete, otherwise
 * in the total of each measure, which must be sum * rows / total rows, rounded to the nearest.
 */
export function fileDifferences(file: readonly Cell[], aggregate: readonly Cell[], rows: number): string[] {
  const whole = totalOf(aggregate);
  const scaled = Object.fromEntries(
    AGGREGATE_MEASURES.map((name) => [name, Math.round((whole[name]! * rows) / whole['sent']!)]),
  );
  const differences = measureDifferences('all', totalOf(file), scaled);
  if (rows < whole['sent']!) return differences;

  const found = new Map(file.map((cell) => [keyOfCell(cell), cell.counts]));
  for (const cell of aggregate) {
    differences.push(...measureDifferences(keyOfCell(cell), found.get(keyOfCell(cell)) ?? {}, cell.counts));
  }
  return differences;
}

function keyOfCell({ labels: { date, campaign_id, message_type, channel } }: Cell): string {
  return keyOf([date, campaign_id, message_type, channel]);
}

function measureDifferences(what: string, actual: Counts, expected: Counts): string[] {
  const different = AGGREGATE_MEASURES.filter((name) => (actual[name] ?? 0) !== expected[name]);
  return different.map((name) => `${what}: ${name} is ${actual[name] ?? 0}, not ${expected[name]}`);
}
