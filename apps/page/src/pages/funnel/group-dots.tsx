import { useMemo } from 'preact/hooks';
import { DotChart } from '../../charts/dot-chart.js';
import { channelColor, channelLabel } from '../../components/channel-name.js';
import { FEW } from '../../components/few.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';

interface Group {
  readonly message_type: string;
  readonly channel: string;
}

export function groupName({ message_type: type, channel }: Group): string {
  return `${type} ${channelLabel(channel)}`;
}

export function groupKey({ message_type: type, channel }: Group): string {
  return `${type}-${channel}`;
}

type Rated<Column extends string> = Readonly<Record<Column | `${Column}_low` | `${Column}_high`, number | null>>;

interface GroupDotsProps<Column extends string, Whole extends string> {
  readonly rows: readonly (Group & Rated<Column> & Readonly<Record<Whole, number>>)[];
  readonly column: Column;
  readonly label: string;
  /** Column by which the rate is divided. */
  readonly whole: Whole;
  readonly csv: string;
}

/** A rate of each type and channel, with its interval. */
export function GroupDots<Column extends string, Whole extends string>(props: GroupDotsProps<Column, Whole>) {
  const { rows, column, label, whole, csv } = props;
  const dots = useMemo(
    () =>
      rows.map((row) => {
        const size: number = row[whole];
        const rates: Rated<Column> = row;
        const low: keyof Rated<Column> = `${column}_low`;
        const high: keyof Rated<Column> = `${column}_high`;
        return {
          ...{ name: groupName(row), value: rates[column], low: rates[low], high: rates[high] },
          ...{ color: channelColor(row.channel), isSmall: size < FEW, detail: `${fullCount(size)} ${whole}` },
        };
      }),
    [rows, column, whole],
  );
  const title = `${label}, % of ${whole}`;
  return (
    <DotChart
      title={title}
      actions={<Definition text={title} column={column} />}
      {...{ dots, unit: 'rate', of: 'group', csv }}
    />
  );
}
