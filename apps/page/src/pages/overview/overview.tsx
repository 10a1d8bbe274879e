import { addressOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { FirstRun, NoResult } from '../../components/empty.js';
import { DayFilter } from '../../components/filters.js';
import { PageFrame, Section } from '../../components/page-frame.js';
import { PeriodButtons } from '../../components/period-buttons.js';
import { useQuery } from '../../components/use-query.js';
import { OverChoice } from '../../rates/rate-filters.js';
import type { OverviewRow } from './change.js';
import { GroupRates } from './group-rates.js';
import { MainFigures } from './main-figures.js';
import { OutOfLineCampaigns } from './out-of-line-campaigns.js';
import { overviewDetails, overviewSentence } from './overview-sentence.js';
import { quickPeriods } from './period.js';
import { overOf } from './rates.js';

const PATH = '/api/v1/overview';

/** How the newest complete days did, against those before. */
export function Overview() {
  const { query } = useQuery();
  const over = overOf(query.over);
  const state = useApi<typeof PATH>(addressOf(PATH, { from: query.from, to: query.to }));
  const rows: readonly OverviewRow[] | undefined = state.body?.data;
  const all = rows?.find(({ dimension }) => dimension === 'all');
  return (
    <PageFrame
      title="Overview"
      sentence={rows === undefined ? null : overviewSentence(rows, over)}
      detail={rows === undefined ? undefined : overviewDetails(rows).map((line) => <p key={line}>{line}</p>)}
      filters={
        <>
          <PeriodButtons periods={quickPeriods(all ?? { mature_until: null, data_last_day: null })} />
          <DayFilter name="from" label="From" max={query.to} />
          <DayFilter name="to" label="To" min={query.from} />
          <OverChoice />
        </>
      }
    >
      <Answer path={PATH} state={state} height="48rem">
        {({ data }) => {
          const total = data.find(({ dimension }) => dimension === 'all');
          if (total === undefined) {
            return (
              <Section title="No messages yet">
                <FirstRun />
              </Section>
            );
          }
          if (total.sent + total.before_sent === 0) {
            return (
              <Section title="No messages in these days">
                <NoResult labels={{ from: 'From', to: 'To' }} />
              </Section>
            );
          }
          return (
            <>
              <MainFigures all={total} over={over} />
              <OutOfLineCampaigns all={total} over={over} />
              <GroupRates rows={data} dimension="channel" over={over} />
              <GroupRates rows={data} dimension="type" over={over} />
            </>
          );
        }}
      </Answer>
    </PageFrame>
  );
}
