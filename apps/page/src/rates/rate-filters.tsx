import { Choice, SelectFilter } from '../components/filters.js';
import { RATES } from './rates.js';

const [FIRST, ...OTHERS] = RATES.map(({ name, label }) => ({ value: name, label: label.toLowerCase() }));

/** Which rate a page shows: `rate` in its address. */
export function RateFilter() {
  return <SelectFilter name="rate" label="Rate" options={OTHERS} all={FIRST!.label} />;
}

/** What rates are divided by: `over` in the page's address. */
export function OverChoice() {
  return (
    <Choice
      name="over"
      label="Rates over"
      options={[
        { value: 'delivered', label: 'delivered' },
        { value: 'sent', label: 'sent' },
      ]}
    />
  );
}
