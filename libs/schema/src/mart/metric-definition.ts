import type { RateName } from './measures.js';

export const VENDORS = ['Braze', 'Iterable', 'Klaviyo', 'Mailchimp', 'Customer.io'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Figures that every vendor has a row for, with or without a published formula. */
export const MAIN_FIGURES = [
  'delivery rate',
  'open rate',
  'click rate',
  'click-to-open rate',
  'unsubscribe rate',
  'bounce rate',
  'complaint rate',
  'conversion rate',
] as const;

/** Figures that only some vendors publish. */
export const FURTHER_FIGURES = [
  'total open rate',
  'total click rate',
  'machine opens',
  'conversion rate over delivered',
] as const;

export type Figure = (typeof MAIN_FIGURES)[number] | (typeof FURTHER_FIGURES)[number];

/** How one vendor defines one figure, and which of ours compares with it. */
export interface MetricDefinition {
  readonly vendor: Vendor;
  readonly figure: Figure;
  /** What the vendor calls it. */
  readonly name: string;
  /** The vendor's formula in our words; null if its documentation does not give one. */
  readonly formula: string | null;
  /** Our nearest rate; null if the data cannot give one, or nothing is known to compare it with. */
  readonly ourRate: RateName | null;
  /** The vendor's formula in SQL over the counts of channel_rates, where our rate has another. */
  readonly ourFormula?: string;
  readonly difference: string;
  /** Title and address of the vendor's page. */
  readonly source: string;
}
