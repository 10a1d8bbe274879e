import { useMemo } from 'preact/hooks';
import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { HeatMap } from '../../charts/heat-map.js';
import { Answer } from '../../components/answer.js';
import { channelColor, channelLabel } from '../../components/channel-name.js';
import { DataTable, type TableColumn } from '../../components/data-table.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import { CHANNEL_OPTIONS, SelectFilter, TYPE_OPTIONS } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';
import { rateColumns } from '../../rates/rate-columns.js';
import { OverChoice, RateFilter } from '../../rates/rate-filters.js';
import {
  columnOf,
  columnsFor,
  overOf,
  proportionOf,
  rateOf,
  rateTitle,
  wholeOf,
  type Over,
  type RateDefinition,
} from '../../rates/rates.js';
import { compareHours, ENOUGH, hourName, sendTimesSentence, WEEKDAYS, type Hour } from './send-times-sentence.js';

const PATH = '/api/v1/send-times';
const GROUPS = '/api/v1/types-and-channels';
type Row = RowOf<typeof PATH>;

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
const HOUR_NAMES = HOURS.map((hour) => `${hour}:00`);
const SHORT_WEEKDAYS = WEEKDAYS.map((name) => name.slice(0, 3));

/** When to send: rates by weekday and hour, within one type and channel. */
export function SendTimes() {
  const { query } = useQuery();
  const rate = rateOf(query.rate);
  const over = overOf(query.over);
  // Hours are compared within one type and channel; without a choice, within those with the most messages.
  const isChosen = query.type !== undefined && query.channel !== undefined;
  const groups = useApi<typeof GROUPS>(
    isChosen ? null : addressOf(GROUPS, { sort: '-sent', type: query.type, channel: query.channel }),
  );
  const largest = groups.body?.data[0];
  const type = query.type ?? largest?.message_type;
  const channel = query.channel ?? largest?.channel;
  const columns = ['message_type', 'channel', 'weekday', 'hour', ...columnsFor(rate, over)].join(',');
  const isKnown = type !== undefined && channel !== undefined;
  const state = useApi<typeof PATH>(isKnown ? addressOf(PATH, { type, channel, limit: 1000, columns }) : null);
  const rows = state.body?.data;
  const hours = useMemo(() => hoursOf(rows ?? [], rate, over), [rows, rate, over]);
  const comparison = useMemo(() => compareHours(hours), [hours]);
  const group = isKnown ? `${type} ${channelLabel(channel)}` : '';
  const isEmpty = groups.body !== null && largest === undefined && !isChosen;

  return (
    <PageFrame
      title="Send times"
      sentence={
        rows === undefined
          ? isEmpty
            ? 'No messages to compare yet.'
            : null
          : rows.length === 0
            ? `There are no ${group} messages.`
            : sendTimesSentence(comparison, group, rate, over)
      }
      detail={
        rows === undefined || rows.length === 0 ? undefined : (
          <Detail {...{ rows, group, count: comparison.enough.length, whole: wholeOf(rate, over) }} />
        )
      }
      filters={
        <>
          <SelectFilter name="type" label="Type" options={TYPE_OPTIONS} all="most messages" />
          <SelectFilter name="channel" label="Channel" options={CHANNEL_OPTIONS} all="most messages" />
          <RateFilter />
          <OverChoice />
        </>
      }
    >
      {isEmpty ? (
        query.type === undefined && query.channel === undefined ? (
          <FirstRun />
        ) : (
          <NoResult labels={{ type: 'Type', channel: 'Channel' }} />
        )
      ) : isKnown || groups.body !== null ? (
        <Answer path={PATH} state={state} height="28rem">
          {({ data }) =>
            data.length === 0 ? (
              <NoResult labels={{ type: 'Type', channel: 'Channel' }} />
            ) : (
              <Content {...{ rows: data, hours, rate, over, channel: channel!, address: state.address }} />
            )
          }
        </Answer>
      ) : (
        <Answer path={GROUPS} state={groups} height="28rem">
          {() => null}
        </Answer>
      )}
    </PageFrame>
  );
}

interface DetailProps {
  readonly rows: readonly Row[];
  readonly group: string;
  readonly count: number;
  readonly whole: string;
}

function Detail({ rows, group, count, whole }: DetailProps) {
  const undated = rows.find(({ weekday, hour }) => weekday === null || hour === null);
  return (
    <>
      <p>
        {fullCount(count)} of 168 hours have at least {ENOUGH} {whole} {group} messages; only these are compared. What
        was sent, and to whom, differs between hours too.
      </p>
      {undated !== undefined && (
        <p>
          Left out: {fullCount(undated.sent)} {undated.sent === 1 ? 'message' : 'messages'} without a time of sending.
        </p>
      )}
    </>
  );
}

interface ContentProps {
  readonly rows: readonly Row[];
  readonly hours: readonly Hour[];
  readonly rate: RateDefinition;
  readonly over: Over;
  readonly channel: string;
  readonly address: string;
}

function Content({ rows, hours, rate, over, channel, address }: ContentProps) {
  const whole = wholeOf(rate, over);
  const column = columnOf(rate, over);
  const cells = useMemo(
    () =>
      hours.map((hour) => ({
        ...{ row: hour.weekday - 1, column: hour.hour, value: hour.value, low: hour.low, high: hour.high },
        ...{ isSmall: hour.whole < ENOUGH, detail: `${fullCount(hour.whole)} ${whole}` },
      })),
    [hours, whole],
  );
  const { above, below } = compareHours(hours);
  const standOut = above.length + below.length > 0;
  const ranked = standOut
    ? [...above.slice(0, 10), ...below.slice(0, 10).toReversed()]
    : hours.toSorted((a, b) => b.whole - a.whole).slice(0, 10);
  const listed = ranked.map((hour) => rows.find((row) => row.weekday === hour.weekday && row.hour === hour.hour)!);
  return (
    <>
      <div class="page-section">
        <HeatMap
          level={2}
          title={`${rateTitle(rate, over)}, by weekday and hour of sending (UTC)`}
          actions={<Definition text={rateTitle(rate, over)} column={column} />}
          unit="rate"
          cells={cells}
          rowNames={WEEKDAYS}
          rowLabels={SHORT_WEEKDAYS}
          columnNames={HOUR_NAMES}
          columnLabels={HOURS}
          rowOf="weekday"
          columnOf="hour"
          color={channelColor(channel)}
          few={`fewer than ${ENOUGH} ${whole}`}
          csv={gatewayUrl(inFormat(address, 'csv'))}
          empty="No message has a time of sending."
        />
      </div>
      <Section
        title={standOut ? 'Hours that stand out' : 'Hours with the most messages'}
        note={
          standOut
            ? 'They differ from the average by more than chance: up to ten above it and ten below, highest first.'
            : undefined
        }
      >
        <DataTable
          caption={standOut ? 'Hours that differ from the average by more than chance' : 'Hours with the most messages'}
          hideCaption
          columns={columnsOf(rate, over)}
          rows={listed}
          rowKey={({ weekday, hour }) => `${weekday}-${hour}`}
        />
      </Section>
    </>
  );
}

function columnsOf(rate: RateDefinition, over: Over): TableColumn<Row>[] {
  return [
    {
      ...{ name: 'weekday', label: 'Hour (UTC)', format: 'text' },
      render: ({ weekday, hour }) => hourName({ weekday: weekday ?? 0, hour: hour ?? 0 }),
    },
    ...rateColumns<Row>(rate, over),
  ];
}

function hoursOf(rows: readonly Row[], rate: RateDefinition, over: Over): Hour[] {
  return rows.flatMap((row) =>
    row.weekday === null || row.hour === null
      ? []
      : [{ weekday: row.weekday, hour: row.hour, ...proportionOf(row, rate, over) }],
  );
}
