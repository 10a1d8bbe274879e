import { Figure } from '../../components/figure.js';
import { percent } from '../../format/number.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { columnOf, RATES, type Over } from '../overview/rates.js';
import type { DayRate, DayRow } from './day-rates.js';

interface DayTableProps {
  readonly days: readonly DayRow[];
  readonly rate: DayRate;
  readonly sort: string;
}

export function DayTable({ days, rate, sort }: DayTableProps) {
  return (
    <DataTable
      caption="Volume and rates by day of sending (UTC)"
      hideCaption
      columns={columnsOf(rate.over, rate)}
      rows={days}
      rowKey={({ date }) => date}
      sort={sort}
      rowClass={(day) => (rate.isArriving(day) ? 'is-arriving' : undefined)}
    />
  );
}

function columnsOf(over: Over, rate: DayRate): TableColumn<DayRow>[] {
  return [
    { name: 'date', label: 'Day', format: 'day', note: (day) => <Notes day={day} rate={rate} /> },
    { name: 'sent', label: 'Sent', format: 'count' },
    { name: 'delivered', label: 'Delivered', format: 'count' },
    ...RATES.map((each): TableColumn<DayRow> => ({ name: columnOf(each, over), label: each.label, format: 'rate' })),
    {
      ...{ name: rate.week, label: `${rate.label}, 7 days`, format: 'rate', sortable: false },
      render: (day) => <Week day={day} rate={rate} />,
    },
  ];
}

/** The mean of a week; none while events of its last day are still arriving. */
function Week({ day, rate }: { readonly day: DayRow; readonly rate: DayRate }) {
  if (rate.isArriving(day)) {
    return (
      <>
        —<span class="visually-hidden">: still arriving</span>
      </>
    );
  }
  const value = day[rate.week];
  const label = `${rate.label}, 7 days`;
  return (
    <Figure {...{ label, column: rate.week, text: percent(value), value, row: day, name: day.date, tabIndex: -1 }} />
  );
}

function Notes({ day, rate }: { readonly day: DayRow; readonly rate: DayRate }) {
  const { holiday, is_doubtful_holiday: isDoubtful } = day;
  return (
    <>
      {holiday === null ? null : (
        <small class="day-note">
          <bdi>{holiday}</bdi>
          {isDoubtful === true ? ' (doubtful date)' : ''}
        </small>
      )}
      {rate.isArriving(day) ? <small class="day-note">still arriving</small> : null}
    </>
  );
}
