import { bounded, boundedDescriptions } from './measures.js';

/** A flag that contradicts its time can make opened_within_15s the greater count. */
const LATER = 'greatest(opened - opened_within_15s, 0)';

/** Early opens, which machines may have made, and open rates without them. */
export const LATER_OPENS = {
  /** Count over entries of the ledger. */
  count: `coalesce(sum(n) FILTER (WHERE cube = 'age'), 0)::bigint AS opened_within_15s`,
  /** The entries that it counts. */
  where: `cube = 'age' AND event = 'open' AND delay_upto = 15`,
  /** Select list over the count. */
  rates: `${bounded('later_open_rate', LATER, 'sent')}, ${bounded('later_open_rate_delivered', LATER, 'delivered')}`,
  columns: {
    opened_within_15s:
      'Messages first opened at most 15 s after the send, or before it; e-mails among them may have been opened by machines or proxies (see machine_opens)',
    ...boundedDescriptions(
      'later_open_rate',
      'Share from 0 to 1: (opened - opened_within_15s) / sent; null if sent is 0. Rather too low, because clients may have opened ' +
        'a message again later',
    ),
    ...boundedDescriptions(
      'later_open_rate_delivered',
      'Share from 0 to 1: (opened - opened_within_15s) / delivered; null if delivered is 0',
    ),
  },
} as const;
