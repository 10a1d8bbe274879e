/** What rates are divided by. */
export type Over = 'delivered' | 'sent';

export interface RateDefinition {
  /** Column of the rate over sent. */
  readonly name: 'open_rate' | 'click_rate' | 'unsubscribe_rate' | 'complaint_rate' | 'bounce_rate' | 'purchase_rate';
  readonly label: string;
  /** Completes "17.3 % … of the delivered messages". */
  readonly done: string;
  readonly moreIsBetter: boolean;
  /** Bounces are over sent only. */
  readonly hasDelivered: boolean;
}

/** In the order in which they are shown. */
export const RATES: readonly RateDefinition[] = [
  { name: 'open_rate', label: 'Open rate', done: 'were opened', moreIsBetter: true, hasDelivered: true },
  { name: 'click_rate', label: 'Click rate', done: 'were clicked', moreIsBetter: true, hasDelivered: true },
  {
    name: 'unsubscribe_rate',
    label: 'Unsubscribe rate',
    done: 'led to an unsubscribe',
    moreIsBetter: false,
    hasDelivered: true,
  },
  {
    name: 'complaint_rate',
    label: 'Complaint rate',
    done: 'were marked as spam',
    moreIsBetter: false,
    hasDelivered: true,
  },
  {
    name: 'bounce_rate',
    label: 'Bounce rate',
    done: 'bounced',
    moreIsBetter: false,
    hasDelivered: false,
  },
  {
    name: 'purchase_rate',
    label: 'Purchase rate',
    done: 'were followed by a purchase',
    moreIsBetter: true,
    hasDelivered: true,
  },
];

type Delivered = `${Exclude<RateDefinition['name'], 'bounce_rate'>}_delivered`;

/** Column of a rate over this base. */
export function columnOf({ name, hasDelivered }: RateDefinition, over: Over): RateDefinition['name'] | Delivered {
  return over === 'delivered' && hasDelivered ? (`${name}_delivered` as Delivered) : name;
}

export function overOf(value: string | undefined): Over {
  return value === 'sent' ? 'sent' : 'delivered';
}
