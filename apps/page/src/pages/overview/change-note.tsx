import { Figure } from '../../components/figure.js';
import { points } from '../../format/number.js';
import { changeWords, type Change, type OverviewRow } from './change.js';

interface ChangeFigureProps {
  readonly change: Change;
  readonly row: OverviewRow;
  /** In a table, where arrow keys move the focus. */
  readonly tabIndex?: number;
}

/** The difference of a rate in points, and in words whether it is clear. */
export function ChangeFigure({ change, row, tabIndex }: ChangeFigureProps) {
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
          {...(tabIndex === undefined ? {} : { tabIndex })}
        />
      ) : (
        '—'
      )}
      <small>{changeWords(change)}</small>
    </span>
  );
}
