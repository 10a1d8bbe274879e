import { useMemo } from 'preact/hooks';
import { addressOf, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { DotChart } from '../../charts/dot-chart.js';
import { Answer } from '../../components/answer.js';
import { channelLabel } from '../../components/channel-name.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { SelectFilter } from '../../components/filters.js';
import { Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { fullCount } from '../../format/number.js';
import { columnOf, RATES, rateTitle, type Over } from '../../rates/rates.js';
import type { CampaignRow } from './campaign.js';
import { placeWords } from './place-words.js';

const PATH = '/api/v1/campaigns/{type}/{id}/place';
type Row = RowOf<typeof PATH>;

const LEAST_SENT = 1000;
const VOLUMES = [10, 100, 10_000].map((sent) => ({ value: String(sent), label: `at least ${fullCount(sent)}` }));

/** How the campaign does among campaigns of its type and channel. */
export function Place({ campaign, over }: { readonly campaign: CampaignRow; readonly over: Over }) {
  const { query } = useQuery();
  const leastSent = query.peers !== undefined && /^\d{1,9}$/.test(query.peers) ? Number(query.peers) : LEAST_SENT;
  const { campaign_type: type, campaign_id: id } = campaign;
  const state = useApi<typeof PATH>(addressOf(PATH, { type, id: id ?? undefined, least_sent: leastSent }));
  const kind = `${type}${campaign.campaign_channel === null ? '' : ` ${channelLabel(campaign.campaign_channel)}`}`;
  return (
    <Section
      title="Its place among its kind"
      note={`Peers are other ${kind} campaigns with final rates and at least ${fullCount(leastSent)} messages in the rate's denominator. A better place is not an effect: audience, topic and time differ too.`}
    >
      <div class="filters">
        <SelectFilter
          name="peers"
          label="Messages of a peer"
          options={VOLUMES}
          all={`at least ${fullCount(LEAST_SENT)}`}
        />
      </div>
      <Answer path={PATH} state={state} height="24rem">
        {({ data }) => <Places {...{ data, over, leastSent }} />}
      </Answer>
    </Section>
  );
}

interface PlacesProps {
  readonly data: readonly Row[];
  readonly over: Over;
  readonly leastSent: number;
}

function Places({ data, over, leastSent }: PlacesProps) {
  const rows = useMemo(
    () => RATES.flatMap((rate) => data.find(({ rate_name }) => rate_name === columnOf(rate, over)) ?? []),
    [data, over],
  );
  const labelOf = (row: Row) => {
    const rate = RATES.find((each) => columnOf(each, over) === row.rate_name)!;
    return rateTitle(rate, over);
  };
  const dots = useMemo(
    () =>
      rows.map((row) => ({
        ...{ name: labelOf(row), value: row.percentile },
        detail: placeWords(row, leastSent),
      })),
    [rows, leastSent],
  );
  const columns: TableColumn<Row>[] = [
    { name: 'rate_name', label: 'Rate', format: 'text', render: (row) => labelOf(row) },
    { name: 'own_rate', label: 'This campaign', format: 'rate' },
    {
      ...{ name: 'rank', label: 'Rank, 1 is best', format: 'count' },
      note: (row) => <small class="arriving">{placeWords(row, leastSent)}</small>,
    },
    { name: 'percentile', label: 'Peers with a worse rate', format: 'rate' },
    { name: 'peer_p25', label: 'First quartile', format: 'rate' },
    { name: 'peer_median', label: 'Median of peers', format: 'rate' },
    { name: 'peer_p75', label: 'Third quartile', format: 'rate' },
  ];
  return (
    <>
      {rows.some(({ percentile }) => percentile !== null) ? (
        <DotChart
          level={3}
          title="Peers with a worse rate, %, by rate"
          note="Peers with an equal rate count as half, so 50 % is the middle."
          dots={dots}
          unit="rate"
          of="rate"
          sort="given"
          references={[{ value: 0.5, name: 'middle' }]}
        />
      ) : null}
      <DataTable caption="Place by rate" columns={columns} rows={rows} rowKey={({ rate_name }) => rate_name} />
    </>
  );
}
