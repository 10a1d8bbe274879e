import { useQuery } from '../../components/use-query.js';
import type { OverviewRow } from './change.js';
import { quickPeriods } from './period.js';

/** Buttons for usual periods. Days are in the address, so that a link shows the same later. */
export function QuickPeriods({ all }: { readonly all: OverviewRow | undefined }) {
  const { query, setQuery } = useQuery();
  const periods = quickPeriods(all ?? { mature_until: null, data_last_day: null });
  return (
    <div class="quick-periods" role="group" aria-label="Period">
      {periods.map(({ label, from, to }) => (
        <button
          key={label}
          type="button"
          class="button"
          aria-pressed={query.from === from && query.to === to}
          onClick={() => setQuery({ from, to })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
