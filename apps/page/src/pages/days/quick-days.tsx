import { useQuery } from '../../components/use-query.js';
import { addDays } from '../../format/time.js';
import { USUAL_DAYS, type Span } from './days-sentence.js';

/** Buttons for usual periods. */
export function QuickDays({ span: { first_date: first, last_date: last } }: { readonly span: Span }) {
  const { query, setQuery } = useQuery();
  const periods = [
    { label: `Last ${USUAL_DAYS} days`, from: undefined, to: undefined },
    ...(first === null || last === null
      ? []
      : [
          { label: 'Last 28 days', from: addDays(last, -27), to: last },
          { label: 'All days', from: first, to: last },
        ]),
  ];
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
