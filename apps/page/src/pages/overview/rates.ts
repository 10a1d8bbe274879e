import * as shared from '../../rates/rates.js';

export { overOf, wholeOf, type Over } from '../../rates/rates.js';

/** The rates that a period is compared by. */
type Name = Exclude<shared.RateName, 'click_to_open_rate'>;

interface Words {
  /** Completes "17.3 % … of the delivered messages". */
  readonly done: string;
  readonly moreIsBetter: boolean;
}

const WORDS: Readonly<Record<Name, Words>> = {
  open_rate: { done: 'were opened', moreIsBetter: true },
  click_rate: { done: 'were clicked', moreIsBetter: true },
  unsubscribe_rate: { done: 'led to an unsubscribe', moreIsBetter: false },
  complaint_rate: { done: 'were marked as spam', moreIsBetter: false },
  bounce_rate: { done: 'bounced', moreIsBetter: false },
  purchase_rate: { done: 'were followed by a purchase', moreIsBetter: true },
};

export type RateDefinition = shared.RateDefinition & Words & { readonly name: Name };

/** In the order in which they are shown. */
export const RATES: readonly RateDefinition[] = shared.RATES.flatMap((rate) =>
  rate.name === 'click_to_open_rate' ? [] : [{ ...rate, ...WORDS[rate.name], name: rate.name }],
);

type Column = Exclude<shared.RateColumn, 'click_to_open_rate'>;

/** Column of a rate over this base. */
export function columnOf(rate: RateDefinition, over: shared.Over): Column {
  return shared.columnOf(rate, over) as Column;
}
