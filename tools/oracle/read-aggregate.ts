import { readFile } from 'node:fs/promises';
import type { Cell } from './cell.js';

/** The aggregate's column for each measure. */
const COLUMNS = {
  sent: 'total_messages_sent',
  opened: 'total_opens',
  clicked: 'total_clicks',
  unsubscribed: 'total_unsubscribes',
  bounced: 'total_bounces',
  purchased: 'total_purchases',
};

export const REGULAR_DAY = 'regular day';

/**
 * Reads an aggregate without the generator's code, so that a mistake there cannot go unnoticed here.
 *
 * @throws Error if the file has quotes, which splitting at commas would misread, or an invalid count
 */
export async function readAggregate(path: string): Promise<Cell[]> {
  const text = await readFile(path, 'utf8');
  if (text.includes('"')) throw new Error(`${path} has quoted fields, which the oracle does not read`);
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    if (fields.length !== names.length) throw new Error(`${path} has a line of ${fields.length} fields: ${line}`);
    const field = (name: string) => fields[names.indexOf(name)] ?? '';
    const isHoliday = field('is_holiday') === '1';
    return {
      labels: {
        campaign_id: field('campaign_id'),
        campaign_type: field('campaign_type'),
        message_type: field('campaign_type'),
        campaign_channel: field('campaign_channel'),
        channel: field('message_channel'),
        topic: field('topic') || null,
        date: field('date'),
        holiday: isHoliday ? field('holiday_name') : REGULAR_DAY,
        holiday_date: isHoliday ? field('date') : null,
      },
      counts: Object.fromEntries(
        Object.entries(COLUMNS).map(([measure, column]) => [measure, countOf(field(column), line)]),
      ),
    };
  });
}

function countOf(text: string, line: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`The aggregate lacks a count: ${line}`);
  return Number(text);
}
