import { Figure } from '../../components/figure.js';
import { points } from '../../format/number.js';
import { changeWords, type Change, type OverviewRow } from './change.js';

/** The difference of a rate in points, and in words whether it is clear. */
export function ChangeFigure({ change, row }: { readonly change: Change; readonly row: OverviewRow }) {
  const { column, difference, rate, verdict } = change;
  // A difference of rates that are not final would be read as one.
  const isShown = verdict === 'clear' || verdict === 'unclear';
  return (
    <span class={verdict === 'clear' ? 'change' : 'change is-unclear'}>
      {isShown ? (
        <Figure
          label={`${rate.label}, change`}
          column={`${column}_difference`}
          text={points(difference)}
          value={difference}
          row={row}
          name={row.value}
        />
      ) : (
        '—'
      )}
      <small>{changeWords(change)}</small>
    </span>
  );
}
