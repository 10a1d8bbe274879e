import { useMemo } from 'preact/hooks';
import { addressOf, inFormat } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { BarChart } from '../../charts/bar-chart.js';
import { DotChart } from '../../charts/dot-chart.js';
import { LineChart } from '../../charts/line-chart.js';
import { Answer } from '../../components/answer.js';
import { channelColor, channelLabel } from '../../components/channel-name.js';
import { FEW } from '../../components/few.js';
import { Section } from '../../components/page-frame.js';
import { fullCount } from '../../format/number.js';
import { day } from '../../format/time.js';
import { Definition } from '../../rates/definition.js';
import { columnOf, rateTitle, wholeOf, type Over, type RateDefinition } from '../../rates/rates.js';
import type { CampaignRow } from './campaign.js';
import {
  arrivingFrom,
  channelsOf,
  dayColumns,
  daysOf,
  shareOf,
  sharesUpTo,
  windowOf,
  type DayRow,
} from './campaign-days.js';

const PATH = '/api/v1/campaigns/daily';

interface ByDayProps {
  readonly campaign: CampaignRow;
  readonly rate: RateDefinition;
  readonly over: Over;
}

/** Volume and rate by day of sending, and by channel if there are several. */
export function ByDay({ campaign, rate, over }: ByDayProps) {
  const { campaign_type: type, campaign_id: id } = campaign;
  const columns = dayColumns(rate, over).join();
  const address = addressOf(PATH, { type, id: id ?? undefined, sort: '-date', columns, limit: 1000 });
  const state = useApi<typeof PATH>(address);
  return (
    <Answer path={PATH} state={state} height="36rem">
      {({ data, next }) => <Days {...{ campaign, rate, over }} rows={data} isPart={next !== null} csv={address} />}
    </Answer>
  );
}

interface DaysProps extends ByDayProps {
  readonly rows: readonly DayRow[];
  /** There are more rows, of earlier days. */
  readonly isPart: boolean;
  readonly csv: string;
}

function Days({ campaign, rate, over, rows, isPart, csv }: DaysProps) {
  const { first_date_99, last_date_99 } = campaign;
  // The oldest day of a part may lack channels.
  const oldest = isPart ? (rows.at(-1)?.date ?? null) : null;
  const whole = useMemo(() => (oldest === null ? rows : rows.filter(({ date }) => date !== oldest)), [rows, oldest]);
  const days = useMemo(() => daysOf(whole, first_date_99, last_date_99), [whole, first_date_99, last_date_99]);
  const channels = useMemo(() => channelsOf(whole), [whole]);
  const arriving = arrivingFrom(days, rate);
  const bars = useMemo(
    () =>
      days.map(({ date, rows: of }) => ({
        name: date,
        value: of.length === 0 ? null : of.reduce((sum, { sent }) => sum + sent, 0),
      })),
    [days],
  );
  const window = useMemo(() => windowOf(days, rate, over), [days, rate, over]);
  const series = useMemo(
    () =>
      channels.map((channel) => ({
        ...{ name: channels.length > 1 ? channelLabel(channel) : '', color: channelColor(channel) },
        points: sharesUpTo(days, channel, window, rate, over).map(
          ({ value, low, high, count, whole: messages }, index) => {
            const { date } = days[index]!;
            const detail =
              value === null ? {} : { detail: `${fullCount(count)} of ${fullCount(messages)} ${wholeOf(rate, over)}` };
            return { at: date, value, ...(channels.length > 1 ? {} : { low, high }), ...detail };
          },
        ),
      })),
    [days, channels, window, rate, over],
  );
  const dots = useMemo(
    () =>
      channels.map((channel) => {
        const share = shareOf(
          whole.filter((row) => row.channel === channel),
          rate,
          over,
        );
        const { value, low, high } = share;
        return {
          ...{
            name: channelLabel(channel),
            color: channelColor(channel),
            value,
            low,
            high,
            isSmall: share.whole < FEW,
          },
          detail: `${fullCount(share.count)} of ${fullCount(share.whole)} ${wholeOf(rate, over)}`,
        };
      }),
    [whole, channels, rate, over],
  );
  const shared = {
    csv: gatewayUrl(inFormat(csv, 'csv')),
    ...(arriving === undefined ? {} : { arrivingFrom: arriving }),
  };
  const left =
    rows.some(({ date }) => date === null) ||
    first_date_99 !== campaign.first_date ||
    last_date_99 !== campaign.last_date;
  return (
    <>
      <Section
        title="By day of sending"
        note={
          <>
            Days are UTC. {days[0] !== undefined && isPart ? `Days before ${day(days[0].date)} are left out. ` : ''}
            {left ? 'Messages without a date, and the outermost 0.5 % of the days at each end, are left out.' : ''}
          </>
        }
      >
        {days.length === 0 ? (
          <p class="note">Its messages have no date.</p>
        ) : days.length === 1 ? (
          <p>All of them were sent on {day(days[0]!.date)}.</p>
        ) : (
          <div>
            <BarChart {...shared} level={3} title="Messages sent, by day" bars={bars} unit="count" by="day" of="day" />
            <LineChart
              {...shared}
              level={3}
              title={`${rateTitle(rate, over)}, ${window === 1 ? 'by day' : 'over seven days up to each day'}`}
              {...(window === 1 ? {} : { note: 'Single days have too few messages.' })}
              actions={<Definition text={rateTitle(rate, over)} column={columnOf(rate, over)} />}
              series={series}
              unit="rate"
              time="day"
              fromZero
              empty="No message can be divided by."
            />
          </div>
        )}
      </Section>
      {channels.length < 2 ? null : (
        <div class="page-section">
          <DotChart
            level={2}
            title={`${rateTitle(rate, over)}, by channel`}
            dots={dots}
            unit="rate"
            of="channel"
            csv={shared.csv}
          />
        </div>
      )}
    </>
  );
}
