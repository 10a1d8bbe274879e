import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { DotChart } from '../../charts/dot-chart.js';
import { Answer } from '../../components/answer.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import { SelectFilter } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';
import { maturityColumn, rateColumns } from '../../rates/rate-columns.js';
import { OverChoice, RateFilter } from '../../rates/rate-filters.js';
import {
  columnOf,
  overOf,
  proportionOf,
  rateOf,
  rateTitle,
  wholeOf,
  type Over,
  type RateDefinition,
} from '../../rates/rates.js';
import { ENOUGH, isComparable, topicName, triggersSentence, type Position } from './triggers-sentence.js';

const PATH = '/api/v1/triggers';
type Row = RowOf<typeof PATH>;

const LIMIT = 1000;
/** Series with a chart of their own. */
const CHARTS = 12;

/** How rates change from one message of a series of triggers to the next. */
export function Triggers() {
  const { query } = useQuery();
  const { topic } = query;
  const rate = rateOf(query.rate);
  const over = overOf(query.over);
  const all = useApi<typeof PATH>(topic === undefined ? null : addressOf(PATH, { limit: LIMIT }), { live: false });
  const state = useApi<typeof PATH>(addressOf(PATH, { topic, limit: LIMIT }));
  const rows: readonly Row[] | undefined = state.body?.data;
  const positions = useMemo(() => positionsOf(rows ?? [], rate, over), [rows, rate, over]);
  const topics = useMemo(() => topicsOf(all.body?.data ?? rows ?? []), [all.body, rows]);

  return (
    <PageFrame
      title="Triggers"
      sentence={rows === undefined ? null : triggersSentence(positions, rate, over)}
      detail={
        rows === undefined || rows.length === 0 ? undefined : (
          <Detail positions={positions} hasMore={state.body?.next != null} />
        )
      }
      filters={
        <>
          <SelectFilter name="topic" label="Topic" options={topics} />
          <RateFilter />
          <OverChoice />
        </>
      }
    >
      <Answer path={PATH} state={state} height="40rem">
        {({ data }) =>
          data.length === 0 ? (
            topic === undefined ? (
              <FirstRun kind="triggers" />
            ) : (
              <NoResult labels={{ topic: 'Topic' }} />
            )
          ) : (
            <>
              <Series {...{ positions, rate, over, csv: gatewayUrl(inFormat(state.address, 'csv')) }} />
              <Section title="All positions">
                <DataTable
                  caption={`${rate.label} by topic and position`}
                  hideCaption
                  columns={columnsOf(rate, over)}
                  rows={data}
                  rowKey={(row) => `${row.topic ?? ''}-${row.position ?? ''}`}
                />
              </Section>
            </>
          )
        }
      </Answer>
    </PageFrame>
  );
}

function Detail({ positions, hasMore }: { readonly positions: readonly Position[]; readonly hasMore: boolean }) {
  const left = positions.filter((each) => !isComparable(each)).length;
  return (
    <>
      <p>
        Positions are those that the campaigns name; clients differ from one to the next, as those who reacted leave the
        series.
        {left > 0 &&
          ` ${fullCount(left)} of ${fullCount(positions.length)} positions are not compared: fewer than ${ENOUGH} messages, or events still arriving.`}
      </p>
      {hasMore && (
        <p>These are the first {fullCount(positions.length)} positions only; choose a topic to see all of its own.</p>
      )}
    </>
  );
}

interface SeriesProps {
  readonly positions: readonly Position[];
  readonly rate: RateDefinition;
  readonly over: Over;
  readonly csv: string;
}

function Series({ positions, rate, over, csv }: SeriesProps) {
  const whole = wholeOf(rate, over);
  const series = useMemo(() => seriesOf(positions), [positions]);
  // A single position shows no change; the table has it.
  const longer = series.filter(({ positions: each }) => each.length > 1);
  const shown = (longer.length === 0 ? series : longer).slice(0, CHARTS);
  const left = series.length - shown.length;
  const upTo = Math.max(0, ...shown.flatMap(({ positions: each }) => each.map(endOf)));
  if (series.length === 0) return null;
  return (
    <Section
      title={`${rateTitle(rate, over)}, by position in a series`}
      note={
        <>
          {left > 0 && `${fullCount(left)} other topics, with one position or fewer messages, are in the table. `}
          <Definition text={rateTitle(rate, over)} column={columnOf(rate, over)} />
        </>
      }
    >
      <div class="columns">
        {shown.map(({ topic, positions: each }) => (
          <Topic key={topic ?? ''} {...{ topic, each, rate, whole, upTo, csv }} />
        ))}
      </div>
    </Section>
  );
}

/** How far to the right a position reaches: with its interval if it has enough messages. */
function endOf({ whole, value, high }: Position): number {
  return (whole < ENOUGH ? value : high) ?? 0;
}

interface TopicProps extends Omit<SeriesProps, 'positions' | 'over'> {
  readonly topic: string | null;
  readonly each: readonly Position[];
  readonly whole: string;
  readonly upTo: number;
}

function Topic({ topic, each, rate, whole, upTo, csv }: TopicProps) {
  const dots = useMemo(
    () =>
      each.map(({ position, value, low, high, whole: size, isMature }) => ({
        ...{ name: `position ${position ?? 'unknown'}`, value, low, high, isSmall: size < ENOUGH },
        detail: `${fullCount(size)} ${whole}${isMature === true ? '' : ', still arriving'}`,
      })),
    [each, whole],
  );
  return (
    <DotChart
      title={`${topicName(topic)}: ${rate.label.toLowerCase()}, % of ${whole}`}
      {...{ dots, unit: 'rate', of: 'position', sort: 'given', upTo, csv }}
    />
  );
}

function positionsOf(rows: readonly Row[], rate: RateDefinition, over: Over): Position[] {
  return rows.map((row) => ({
    ...{ topic: row.topic, position: row.position, isMature: row[rate.maturity] },
    ...proportionOf(row, rate, over),
  }));
}

interface TopicSeries {
  readonly topic: string | null;
  readonly positions: readonly Position[];
}

/** Topics with the most messages first, each in the order of its positions. */
function seriesOf(positions: readonly Position[]): TopicSeries[] {
  const byTopic = new Map<string | null, Position[]>();
  for (const position of positions) {
    byTopic.set(position.topic, [...(byTopic.get(position.topic) ?? []), position]);
  }
  const size = ({ positions: each }: TopicSeries) => each.reduce((sum, { whole }) => sum + whole, 0);
  return [...byTopic]
    .map(([topic, each]) => ({
      topic,
      positions: each.toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity)),
    }))
    .sort((a, b) => size(b) - size(a));
}

function topicsOf(rows: readonly Row[]) {
  const names = [...new Set(rows.map(({ topic }) => topic))];
  return names
    .map((topic) => ({ value: topic ?? '', label: topicName(topic) }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

function columnsOf(rate: RateDefinition, over: Over): TableColumn<Row>[] {
  return [
    {
      ...{ name: 'topic', label: 'Topic and position', format: 'text' },
      render: ({ topic, position }) => (
        <>
          <bdi>{topicName(topic)}</bdi>, {position ?? 'unknown'}
        </>
      ),
    },
    ...rateColumns<Row>(rate, over),
    { name: 'campaigns', label: 'Campaigns', format: 'count' },
    maturityColumn<Row>(rate),
  ];
}
