import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { BarChart } from '../../charts/bar-chart.js';
import { LineChart } from '../../charts/line-chart.js';
import { Answer } from '../../components/answer.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import {
  CHANNEL_OPTIONS,
  Choice,
  DayFilter,
  SelectFilter,
  TextFilter,
  TYPE_OPTIONS,
} from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { PeriodButtons } from '../../components/period-buttons.js';
import { useQuery } from '../../components/use-query.js';
import { OverChoice } from '../../rates/rate-filters.js';
import { DAY_RATES, dayRateOf, type DayRate, type DayRow } from './day-rates.js';
import { arrivingFrom, byDate, holidaysOf, rateOfDays, rateOfWeeks, volumeBars } from './day-series.js';
import { DayTable } from './day-table.js';
import {
  daysDetails,
  daysSentence,
  daysToRead,
  messagesOf,
  quickDays,
  withinSpan,
  type Span,
} from './days-sentence.js';

const ENDS = '/api/v1/overview';
const PATH = '/api/v1/daily';
const UNKNOWN: Span = { first_date: null, last_date: null };
const FILTERS = { from: 'From', to: 'To', channel: 'Channel', type: 'Type', topic: 'Topic' };

/** Volume and rates by day. */
export function Days() {
  const { query } = useQuery();
  const rate = useMemo(() => dayRateOf(query.rate, query.over), [query.rate, query.over]);
  // A list, which is empty in an empty mart; the record /span is an error there.
  const ends = useApi<typeof ENDS>(addressOf(ENDS, { dimension: 'all' }));
  const isEmpty = ends.body?.data.length === 0;
  const span: Span = useMemo(() => spanOf(ends.body?.data[0]), [ends.body]);
  // Without filters the newest days are shown, so the end of the data must be known first.
  const isReady = ends.body !== null || query.from !== undefined || query.to !== undefined;
  const { channel, type, topic, sort = '-date' } = query;
  const address =
    isReady && !isEmpty
      ? addressOf(PATH, { ...daysToRead(query, span), channel, type, topic, sort, limit: 1000 })
      : null;
  const state = useApi<typeof PATH>(address);
  const rows = state.body?.data;
  const days = useMemo(() => byDate(rows ?? []), [rows]);
  const drawn = useMemo(() => withinSpan(days, span), [days, span]);
  return (
    <PageFrame
      title="Days"
      sentence={
        isEmpty
          ? 'No message with a day of sending has been stored yet.'
          : rows === undefined
            ? null
            : daysSentence(drawn, rate, span, messagesOf(query))
      }
      detail={
        rows === undefined || isEmpty
          ? undefined
          : daysDetails(days, rate, span).map((line) => <p key={line}>{line}</p>)
      }
      filters={
        <>
          <PeriodButtons periods={quickDays(span)} />
          <DayFilter name="from" label="From" max={query.to} />
          <DayFilter name="to" label="To" min={query.from} />
          <SelectFilter name="channel" label="Channel" options={CHANNEL_OPTIONS} />
          <SelectFilter name="type" label="Type" options={TYPE_OPTIONS} />
          <TextFilter name="topic" label="Topic" placeholder="all" />
          <Choice name="rate" label="Rate" options={DAY_RATES} />
          <OverChoice />
        </>
      }
    >
      {isEmpty ? (
        <Section title="No messages yet">
          <FirstRun />
        </Section>
      ) : address === null ? (
        <Answer path={ENDS} state={ends} height="48rem">
          {() => null}
        </Answer>
      ) : (
        <Answer path={PATH} state={state} height="48rem">
          {({ data, next }) =>
            data.length === 0 ? (
              <Section title="No messages on these days">
                <NoResult labels={FILTERS} />
              </Section>
            ) : (
              <>
                <Charts days={drawn} rate={rate} span={span} csv={gatewayUrl(inFormat(state.address, 'csv'))} />
                <Section
                  title="All figures by day"
                  note={next === null ? undefined : 'These are 1,000 days. Choose fewer days to see others.'}
                >
                  <DayTable days={data} rate={rate} sort={sort} />
                </Section>
              </>
            )
          }
        </Answer>
      )}
    </PageFrame>
  );
}

function spanOf(row: RowOf<typeof ENDS> | undefined): Span {
  return row === undefined ? UNKNOWN : { first_date: row.data_first_day, last_date: row.data_last_day };
}

interface ChartsProps {
  readonly days: readonly DayRow[];
  readonly rate: DayRate;
  readonly span: Span;
  readonly csv: string;
}

function Charts({ days, rate, span, csv }: ChartsProps) {
  const bars = useMemo(() => volumeBars(days), [days]);
  const named = useMemo(() => holidaysOf(days), [days]);
  const series = useMemo(
    () => [
      { name: 'by day', points: rateOfDays(days, rate) },
      { name: '7 days', isDashed: true, points: rateOfWeeks(days, rate, span.first_date) },
    ],
    [days, rate, span],
  );
  return (
    <section class="page-section" aria-label="Charts">
      <BarChart
        {...{ bars, named, csv, unit: 'count', by: 'day', of: 'day', level: 2 }}
        title="Messages sent, by day"
        {...(span.last_date === null ? {} : { arrivingFrom: span.last_date })}
      />
      <LineChart
        {...{ series, named, csv, unit: 'rate', time: 'day', level: 2 }}
        title={`${rate.label}, % of ${rate.over}, by day and over seven days`}
        {...arriving(arrivingFrom(days, rate))}
      />
    </section>
  );
}

function arriving(from: string | undefined) {
  return from === undefined ? {} : { arrivingFrom: from };
}
