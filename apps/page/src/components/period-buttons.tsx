import { useQuery } from './use-query.js';

export interface Period {
  readonly label: string;
  /** First and last day; undefined for the days that the page shows by itself. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Buttons for usual periods. Days are in the address, so that a link shows the same later. */
export function PeriodButtons({ periods }: { readonly periods: readonly Period[] }) {
  const { query, setQuery } = useQuery();
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
