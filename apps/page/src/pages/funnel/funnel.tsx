import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { BarChart } from '../../charts/bar-chart.js';
import { Answer } from '../../components/answer.js';
import { channelColor, channelLabel } from '../../components/channel-name.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import { CHANNEL_OPTIONS, SelectFilter, TYPE_OPTIONS } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { percent } from '../../format/number.js';
import { OverChoice } from '../../rates/rate-filters.js';
import { overOf, type Over } from '../../rates/rates.js';
import { funnelSentence, nestingNote, sumOf, type Stages } from './funnel-sentence.js';
import { Again } from './again.js';
import { groupKey, groupName, GroupDots } from './group-dots.js';

const PATH = '/api/v1/funnel';
type Row = RowOf<typeof PATH>;

const LABELS = { type: 'Type', channel: 'Channel' };

/** How many messages reach each stage, from sent to purchased. */
export function Funnel() {
  const { query } = useQuery();
  const { type, channel } = query;
  const over = overOf(query.over);
  const state = useApi<typeof PATH>(addressOf(PATH, { type, channel }));
  const rows: readonly Row[] | undefined = state.body?.data;
  const total = useMemo(() => sumOf(rows ?? []), [rows]);
  const group = [type, channel && channelLabel(channel)].map((each) => (each ? `${each} ` : '')).join('');

  return (
    <PageFrame
      title="Funnel"
      sentence={rows === undefined ? null : funnelSentence(total, over, group)}
      detail={rows === undefined || total.sent === 0 ? undefined : <p>{nestingNote(total)}</p>}
      filters={
        <>
          <SelectFilter name="type" label="Type" options={TYPE_OPTIONS} />
          <SelectFilter name="channel" label="Channel" options={CHANNEL_OPTIONS} />
          <OverChoice />
        </>
      }
    >
      <Answer path={PATH} state={state} height="40rem">
        {({ data }) =>
          data.length === 0 ? (
            type === undefined && channel === undefined ? (
              <FirstRun />
            ) : (
              <NoResult labels={LABELS} />
            )
          ) : (
            <Content {...{ rows: data, total, over, channel, address: state.address }} />
          )
        }
      </Answer>
      {total.sent === 0 ? null : <Again type={type} channel={channel} />}
    </PageFrame>
  );
}

interface ContentProps {
  readonly rows: readonly Row[];
  readonly total: Stages;
  readonly over: Over;
  readonly channel: string | undefined;
  readonly address: string;
}

const STAGES = ['sent', 'delivered', 'opened', 'clicked', 'purchased'] as const;

function Content({ rows, total, over, channel, address }: ContentProps) {
  const csv = gatewayUrl(inFormat(address, 'csv'));
  const bars = useMemo(
    () =>
      STAGES.map((name) => {
        const base = name === 'delivered' || name === 'sent' ? 'sent' : over;
        const share =
          name === 'sent' || total[base] === 0 ? undefined : `${percent(total[name] / total[base])} of ${base}`;
        return {
          name,
          value: total[name],
          detail: share,
          color: channel === undefined ? undefined : channelColor(channel),
        };
      }),
    [total, over, channel],
  );
  const rates = over === 'delivered' ? OVER_DELIVERED : OVER_SENT;
  return (
    <>
      <div class="page-section">
        <BarChart
          title="Messages that reach each stage"
          level={2}
          unit="count"
          by="name"
          of="stage"
          bars={bars}
          csv={csv}
        />
      </div>
      <Section title="Types and channels">
        <div class="columns">
          {rates.map((rate) => (
            <GroupDots key={rate.column} {...{ rows, csv }} {...rate} />
          ))}
        </div>
        <DataTable
          caption="Rates by type and channel"
          columns={[GROUP, COUNT('sent', 'Sent'), COUNT('delivered', 'Delivered'), ...rates.map(asColumn), ...STEPS]}
          rows={rows}
          rowKey={groupKey}
        />
        <DataTable
          caption="Stages by type and channel"
          columns={COUNTS}
          rows={rows}
          rowKey={(row) => `stages-${groupKey(row)}`}
        />
      </Section>
    </>
  );
}

interface Rate {
  readonly column: 'delivery_rate' | `${'open' | 'click' | 'purchase'}_rate${'' | '_delivered'}`;
  readonly label: string;
  readonly whole: 'sent' | 'delivered';
}

const DELIVERY: Rate = { column: 'delivery_rate', label: 'Delivery rate', whole: 'sent' };
const OVER_DELIVERED: readonly Rate[] = [
  DELIVERY,
  { column: 'open_rate_delivered', label: 'Open rate', whole: 'delivered' },
  { column: 'click_rate_delivered', label: 'Click rate', whole: 'delivered' },
  { column: 'purchase_rate_delivered', label: 'Purchase rate', whole: 'delivered' },
];
const OVER_SENT: readonly Rate[] = [
  DELIVERY,
  { column: 'open_rate', label: 'Open rate', whole: 'sent' },
  { column: 'click_rate', label: 'Click rate', whole: 'sent' },
  { column: 'purchase_rate', label: 'Purchase rate', whole: 'sent' },
];

const GROUP: TableColumn<Row> = { name: 'message_type', label: 'Type and channel', format: 'text', render: groupName };
const COUNT = (name: keyof Row, label: string): TableColumn<Row> => ({ name, label, format: 'count' });
const asColumn = ({ column, label, whole }: Rate): TableColumn<Row> => ({
  ...{ name: column, label: `${label}, % of ${whole}`, format: 'rate' },
});
const STEPS: readonly TableColumn<Row>[] = [
  { name: 'click_to_open_rate', label: 'Click-to-open rate, % of opened', format: 'rate' },
  { name: 'purchase_to_click_rate', label: 'Purchase-to-click rate, % of clicked', format: 'rate' },
];
const COUNTS: readonly TableColumn<Row>[] = [
  GROUP,
  COUNT('opened', 'Opened'),
  COUNT('clicked', 'Clicked'),
  COUNT('purchased', 'Purchased'),
  COUNT('opened_and_clicked', 'Opened and clicked'),
  COUNT('clicked_unopened', 'Clicked, not opened'),
  COUNT('purchased_unopened', 'Purchased, not opened'),
  COUNT('purchased_unclicked', 'Purchased, not clicked'),
];
