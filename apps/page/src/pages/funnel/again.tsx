import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { DotChart } from '../../charts/dot-chart.js';
import { Answer } from '../../components/answer.js';
import { channelColor, channelLabel } from '../../components/channel-name.js';
import { DataTable, FEW, type TableColumn } from '../../components/data-table.js';
import { Section } from '../../components/page-frame.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';

const PATH = '/api/v1/reopens';
type Row = RowOf<typeof PATH>;

interface AgainProps {
  readonly type: string | undefined;
  readonly channel: string | undefined;
}

/** Messages that were opened or clicked again. */
export function Again({ type, channel }: AgainProps) {
  const state = useApi<typeof PATH>(addressOf(PATH, { type, channel }));
  return (
    <Section title="Opened and clicked again">
      <Answer path={PATH} state={state}>
        {({ data }) => (
          <>
            <div class="columns">
              <Rate
                {...{ rows: data, address: state.address }}
                column="reopen_rate"
                whole="opened"
                label="Reopen rate"
              />
              <Rate
                {...{ rows: data, address: state.address }}
                column="reclick_rate"
                whole="clicked"
                label="Reclick rate"
              />
            </div>
            <DataTable
              caption="Opened and clicked again, by type and channel"
              columns={COLUMNS}
              rows={data}
              rowKey={keyOf}
            />
          </>
        )}
      </Answer>
    </Section>
  );
}

interface RateProps {
  readonly rows: readonly Row[];
  readonly address: string;
  readonly column: 'reopen_rate' | 'reclick_rate';
  readonly whole: 'opened' | 'clicked';
  readonly label: string;
}

function Rate({ rows, address, column, whole, label }: RateProps) {
  const dots = useMemo(
    () =>
      rows.map((row) => ({
        ...{ name: nameOf(row), value: row[column], low: row[`${column}_low`], high: row[`${column}_high`] },
        ...{ color: channelColor(row.channel), isSmall: row[whole] < FEW, detail: `${fullCount(row[whole])} ${whole}` },
      })),
    [rows, column, whole],
  );
  return (
    <DotChart
      title={`${label}, % of ${whole}`}
      actions={<Definition text={`${label}, % of ${whole}`} column={column} />}
      csv={gatewayUrl(inFormat(address, 'csv'))}
      {...{ dots, unit: 'rate', of: 'group' }}
    />
  );
}

const nameOf = ({ message_type: type, channel }: Row) => `${type} ${channelLabel(channel)}`;
const keyOf = ({ message_type: type, channel }: Row) => `again-${type}-${channel}`;

const COLUMNS: readonly TableColumn<Row>[] = [
  { name: 'message_type', label: 'Type and channel', format: 'text', render: nameOf },
  { name: 'reopen_rate', label: 'Reopen rate, % of opened', format: 'rate' },
  { name: 'opened', label: 'Opened', format: 'count' },
  { name: 'reopened', label: 'Opened again', format: 'count' },
  { name: 'reclick_rate', label: 'Reclick rate, % of clicked', format: 'rate' },
  { name: 'clicked', label: 'Clicked', format: 'count' },
  { name: 'reclicked', label: 'Clicked again', format: 'count' },
];
