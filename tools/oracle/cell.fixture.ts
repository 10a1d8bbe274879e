import { AGGREGATE_MEASURES, type Cell, type Counts, type Labels } from './cell.js';
import { REGULAR_DAY } from './read-aggregate.js';

/** A cell of a bulk e-mail campaign, without events unless a spec sets them. */
export function cellOf(labels: Partial<Labels>, counts: Counts): Cell {
  const { message_type = 'bulk', date = '2021-05-03', holiday = REGULAR_DAY } = labels;
  return {
    labels: {
      campaign_id: '64',
      campaign_type: message_type,
      message_type,
      campaign_channel: 'email',
      channel: 'email',
      topic: 'sale out',
      date,
      holiday,
      holiday_date: holiday === REGULAR_DAY ? null : date,
      ...labels,
    },
    counts: { ...Object.fromEntries(AGGREGATE_MEASURES.map((name) => [name, 0])), ...counts },
  };
}
