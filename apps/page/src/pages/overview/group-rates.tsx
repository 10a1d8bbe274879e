import { useMemo } from 'preact/hooks';
import { DotChart } from '../../charts/dot-chart.js';
import { channelColor, channelLabel, ChannelName } from '../../components/channel-name.js';
import { DataTable, FEW, type TableColumn } from '../../components/data-table.js';
import { Section } from '../../components/page-frame.js';
import { count } from '../../format/number.js';
import { changeOf, type OverviewRow } from './change.js';
import { ChangeFigure } from './change-note.js';
import { columnOf, RATES, type Over, type RateDefinition } from './rates.js';

interface GroupRatesProps {
  readonly rows: readonly OverviewRow[];
  readonly dimension: 'channel' | 'type';
  readonly over: Over;
}

/** Rates of each channel or type in both periods: as dots with intervals, and as a table. */
export function GroupRates({ rows, dimension, over }: GroupRatesProps) {
  const groups = useMemo(() => rows.filter((row) => row.dimension === dimension), [rows, dimension]);
  const title = dimension === 'channel' ? 'Channels' : 'Types';
  return (
    <Section title={title}>
      <div class="columns">
        <RateDots {...{ groups, dimension, over }} rate={RATES[0]!} />
        <RateDots {...{ groups, dimension, over }} rate={RATES[1]!} />
      </div>
      <DataTable
        caption={`${title}, compared with the period before`}
        columns={columnsOf(dimension, over)}
        rows={groups}
        rowKey={({ value }) => value}
      />
    </Section>
  );
}

interface RateDotsProps extends Omit<GroupRatesProps, 'rows'> {
  readonly groups: readonly OverviewRow[];
  readonly rate: RateDefinition;
}

function RateDots({ groups, dimension, over, rate }: RateDotsProps) {
  const dots = useMemo(() => {
    const column = columnOf(rate, over);
    const sorted = groups.toSorted((a, b) => (b[column] ?? -1) - (a[column] ?? -1));
    return sorted.flatMap((row) => {
      const name = dimension === 'channel' ? channelLabel(row.value) : row.value;
      const dot = (value: number | null, low: number | null, high: number | null, whole: number) => ({
        ...{ value, low, high, isSmall: whole < FEW, detail: `${count(whole)} ${over}` },
      });
      return [
        {
          name,
          ...dot(row[column], row[`${column}_low`], row[`${column}_high`], row[over]),
          ...(dimension === 'channel' ? { color: channelColor(row.value) } : {}),
        },
        {
          name: `${name}, before`,
          color: 'var(--secondary)',
          ...dot(
            row[`before_${column}`],
            row[`before_${column}_low`],
            row[`before_${column}_high`],
            row[`before_${over}`],
          ),
        },
      ];
    });
  }, [groups, dimension, over, rate]);
  const title = `${rate.label} by ${dimension}, % of ${over}, with the period before`;
  return <DotChart {...{ title, dots, unit: 'rate', of: dimension, sort: 'given' }} />;
}

function columnsOf(dimension: 'channel' | 'type', over: Over): TableColumn<OverviewRow>[] {
  const name = (row: OverviewRow) => (dimension === 'channel' ? <ChannelName channel={row.value} /> : row.value);
  return [
    { name: 'value', label: dimension === 'channel' ? 'Channel' : 'Type', format: 'text', render: name },
    ...RATES.flatMap((rate): TableColumn<OverviewRow>[] => {
      const column = columnOf(rate, over);
      return [
        {
          name: column,
          label: rate.label,
          format: 'rate',
          note: (row) => <ChangeFigure change={changeOf(row, rate, over)} row={row} tabIndex={-1} />,
        },
      ];
    }),
    { name: 'sent', label: 'Sent', format: 'count' },
    { name: 'before_sent', label: 'Sent before', format: 'count' },
  ];
}
