import { addressOf, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { channelLabel } from '../../components/channel-name.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import {
  CHANNEL_OPTIONS,
  Choice,
  DayFilter,
  SelectFilter,
  TextFilter,
  TYPE_OPTIONS,
} from '../../components/filters.js';
import { PageFrame } from '../../components/page-frame.js';
import { useQuery, type Query } from '../../components/use-query.js';
import { fullCount } from '../../format/number.js';
import { OverChoice } from '../../rates/rate-filters.js';
import { columnOf, overOf, RATES, rateTitle, wholeOf, type Over, type RateName } from '../../rates/rates.js';
import { campaignsSentence, typeAndId } from './campaigns-sentence.js';
import './campaigns.css';

const PATH = '/api/v1/campaigns';
const TOPICS = '/api/v1/topics';
type Row = RowOf<typeof PATH>;

/** So many rows of these columns are less than 20 kB. */
const ROWS = 30;

const FILTERS = {
  ...{ search: 'Search', type: 'Type', channel: 'Channel', topic: 'Topic', from: 'First day', to: 'Last day' },
  least_sent: 'Volume',
} as const;

const SHOWN = [
  { value: 'reactions', label: 'reactions' },
  { value: 'problems', label: 'problems' },
] as const;

const SHOWN_RATES: Readonly<Record<string, readonly RateName[]>> = {
  reactions: ['open_rate', 'click_rate', 'purchase_rate'],
  problems: ['unsubscribe_rate', 'complaint_rate', 'bounce_rate'],
};

const CHANNELS = [...CHANNEL_OPTIONS, { value: 'multichannel', label: 'multichannel' }];
const VOLUMES = [100, 1000, 10_000, 100_000].map((sent) => ({
  value: String(sent),
  label: `at least ${fullCount(sent)}`,
}));

/** All campaigns: sorted by any column, searched and filtered, page by page. */
export function Campaigns() {
  const { query } = useQuery();
  const over = overOf(query.over);
  const rates = ratesOf(query.rates);
  const sort = sortOf(query.sort, rates, over);
  const state = useApi<typeof PATH>(addressOf(PATH, valuesOf(query, rates, over, sort)));
  const topics = useApi<typeof TOPICS>(addressOf(TOPICS, { columns: 'topic', sort: 'topic', limit: 1000 }), {
    live: false,
  });
  const rows = state.body?.data;
  const isFiltered = Object.keys(FILTERS).some((name) => query[name] !== undefined && query[name] !== '');
  const isEmpty = rows?.length === 0 && !isFiltered && query.cursor === undefined;
  const names = new Set((topics.body?.data ?? []).flatMap(({ topic }) => topic ?? []));

  return (
    <PageFrame
      title="Campaigns"
      sentence={
        rows === undefined
          ? null
          : isEmpty
            ? 'No campaign has sent a message yet.'
            : campaignsSentence(rows, sort, over, {
                isFirst: query.cursor === undefined,
                hasNext: state.body?.next !== null,
              })
      }
      detail={
        rows === undefined || rows.length === 0 ? undefined : (
          <p>
            Figures are of all messages{query.from || query.to ? ' sent on the chosen days' : ''}. A rate of fewer than
            100 messages is grey, with its 95 % interval.
          </p>
        )
      }
      filters={
        <>
          <TextFilter name="search" label="Search" placeholder="topic or id" />
          <SelectFilter name="type" label="Type" options={TYPE_OPTIONS} />
          <SelectFilter name="channel" label="Channel" options={CHANNELS} />
          <SelectFilter
            name="topic"
            label="Topic"
            options={[...[...names].map((topic) => ({ value: topic, label: topic })), { value: '', label: 'none' }]}
          />
          <DayFilter name="from" label="First day (UTC)" max={query.to} />
          <DayFilter name="to" label="Last day (UTC)" min={query.from} />
          <SelectFilter name="least_sent" label="Messages" options={VOLUMES} all="any number" />
          <Choice name="rates" label="Rates" options={SHOWN} />
          <OverChoice />
        </>
      }
    >
      <Answer path={PATH} state={state} height="40rem">
        {({ data, next }) =>
          isEmpty ? (
            <FirstRun />
          ) : data.length === 0 ? (
            <NoResult labels={FILTERS} />
          ) : (
            <div class="page-section campaigns">
              <DataTable
                caption="Campaigns"
                hideCaption
                columns={columnsOf(rates, over)}
                rows={data}
                rowKey={({ campaign_type, campaign_id }) => `${campaign_type}-${campaign_id ?? 'none'}`}
                sort={sort}
                next={next}
              />
            </div>
          )
        }
      </Answer>
    </PageFrame>
  );
}

function ratesOf(shown: string | undefined) {
  const names = SHOWN_RATES[shown ?? ''] ?? SHOWN_RATES.reactions!;
  return RATES.filter(({ name }) => names.includes(name));
}

type Rates = ReturnType<typeof ratesOf>;

/** The sort in the address, over what rates are shown over; the largest first if it is by nothing that is shown. */
function sortOf(wanted: string | undefined, rates: Rates, over: Over): string {
  const column = wanted?.replace(/^-/, '').replace(/_delivered$/, '');
  const rate = rates.find(({ name }) => name === column);
  if (rate !== undefined) return `${wanted!.startsWith('-') ? '-' : ''}${columnOf(rate, over)}`;
  return wanted !== undefined && ['topic', 'sent', 'last_date'].includes(column!) ? wanted : '-sent';
}

function valuesOf(query: Query, rates: Rates, over: Over, sort: string): Record<string, string | number | undefined> {
  const columns = new Set(['campaign_id', 'campaign_type', 'topic', 'campaign_channel', 'last_date', 'sent']);
  for (const rate of rates) {
    const column = columnOf(rate, over);
    for (const name of [rate.maturity, rate.numerator, wholeOf(rate, over)]) columns.add(name);
    for (const name of [column, `${column}_low`, `${column}_high`]) columns.add(name);
  }
  const { search, type, channel, topic, from, to, least_sent, cursor } = query;
  return {
    ...{ search: search || undefined, type, channel, topic, from, to, least_sent, sort, cursor },
    ...{ columns: [...columns].join(), limit: ROWS },
  };
}

function columnsOf(rates: Rates, over: Over): TableColumn<Row>[] {
  return [
    { name: 'topic', label: 'Campaign', format: 'text', render: (row) => <CampaignLink {...row} /> },
    { name: 'sent', label: 'Sent', format: 'count' },
    ...rates.map((rate): TableColumn<Row> => ({
      ...{ name: columnOf(rate, over), label: rateTitle(rate, over), format: 'rate' },
      note: (row) => (row[rate.maturity] === false ? <small class="arriving">still arriving</small> : null),
    })),
    { name: 'last_date', label: 'Last day of sending (UTC)', format: 'day' },
  ];
}

/** A campaign's name, which leads to its page. Topics are as long and as odd as people make them. */
function CampaignLink({ campaign_id, campaign_type, topic, campaign_channel }: Row) {
  if (campaign_id === null) {
    return (
      <span class="campaign-link">
        Messages without a campaign
        <small>{campaign_type}</small>
      </span>
    );
  }
  const href = `./campaign?${new URLSearchParams({ type: campaign_type, id: String(campaign_id) })}`;
  const name = typeAndId({ campaign_type, campaign_id });
  const title = (
    <bdi class="topic" title={topic ?? undefined}>
      {topic === null || topic === '' ? name : topic}
    </bdi>
  );
  return (
    <span class="campaign-link">
      <a href={href}>{title}</a>
      <small>
        {name}
        {campaign_channel === null ? '' : `, ${channelLabel(campaign_channel)}`}
      </small>
    </span>
  );
}
