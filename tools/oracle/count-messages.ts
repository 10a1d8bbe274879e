import { createReadStream } from 'node:fs';
import { keyOf, type Cell, type Labels } from './cell.js';

/** Values of a message by column name. */
type Field = (name: string) => string;

const is = (field: Field, ...flags: readonly string[]) => flags.every((flag) => field(`is_${flag}`) === 't');
const isAny = (field: Field, ...flags: readonly string[]) => flags.some((flag) => field(`is_${flag}`) === 't');

/** Times of the same format sort like their texts. */
const again = (field: Field, event: string) => field(`${event}_last_time_at`) > field(`${event}_first_time_at`);

/** Opened at most 15 s after the send. */
function isQuick(field: Field): boolean {
  const [opened, sent] = [field('opened_first_time_at'), field('sent_at')];
  return opened !== '' && sent !== '' && Date.parse(`${opened}Z`) - Date.parse(`${sent}Z`) <= 15_000;
}

/** Which messages each count of the views includes. */
const MEASURES: Readonly<Record<string, (field: Field) => boolean>> = {
  sent: () => true,
  delivered: (field) => !isAny(field, 'hard_bounced', 'soft_bounced', 'blocked'),
  opened: (field) => is(field, 'opened'),
  opened_within_15s: isQuick,
  opened_later: (field) => is(field, 'opened') && !isQuick(field),
  clicked: (field) => is(field, 'clicked'),
  opened_and_clicked: (field) => is(field, 'opened', 'clicked'),
  clicked_unopened: (field) => is(field, 'clicked') && !is(field, 'opened'),
  unsubscribed: (field) => is(field, 'unsubscribed'),
  bounced: (field) => isAny(field, 'hard_bounced', 'soft_bounced'),
  hard_bounced: (field) => is(field, 'hard_bounced'),
  soft_bounced: (field) => is(field, 'soft_bounced'),
  complained: (field) => is(field, 'complained'),
  blocked: (field) => is(field, 'blocked'),
  purchased: (field) => is(field, 'purchased'),
  purchased_unopened: (field) => is(field, 'purchased') && !is(field, 'opened'),
  purchased_unclicked: (field) => is(field, 'purchased') && !is(field, 'clicked'),
  clicked_and_purchased: (field) => is(field, 'clicked', 'purchased'),
  reopened: (field) => again(field, 'opened'),
  reclicked: (field) => again(field, 'clicked'),
};

/**
 * Counts a generated file of clean rows, each message once. It splits lines at commas and shares no code with the pipeline. Topic,
 * holiday and the campaign's channel are not in the file; they come from the aggregate.
 *
 * @throws Error if the file has other rows, or a message without a cell in the aggregate
 */
export async function countMessages(path: string, aggregate: readonly Cell[]): Promise<Cell[]> {
  const known = new Map(aggregate.map(({ labels }) => [keyOfCell(labels), labels]));
  const cells = new Map<string, { labels: Labels; counts: Record<string, number> }>();
  let positions: Map<string, number> | undefined;

  for await (const line of linesOf(path)) {
    const fields = line.split(',');
    if (!positions) {
      positions = new Map(fields.map((name, position) => [name, position]));
      continue;
    }
    const columns = positions;
    if (line.includes('"') || fields.length !== columns.size)
      throw new Error(`${path} has a row that is not clean: ${line}`);
    const field: Field = (name) => fields[columns.get(name)!]!;
    const key = keyOf([field('campaign_id'), field('message_type'), field('channel'), field('date')]);
    let cell = cells.get(key);
    if (!cell) {
      const labels = known.get(key);
      if (!labels) throw new Error(`The aggregate has no cell for a message of ${path}: ${line}`);
      cell = { labels, counts: Object.fromEntries(Object.keys(MEASURES).map((name) => [name, 0])) };
      cells.set(key, cell);
    }
    for (const name in MEASURES) if (MEASURES[name]!(field)) cell.counts[name]!++;
  }
  return [...cells.values()];
}

function keyOfCell({ campaign_id, message_type, channel, date }: Labels): string {
  return keyOf([campaign_id, message_type, channel, date]);
}

/** Reads in pieces: the largest file does not fit into memory. Every counted value is ASCII. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
