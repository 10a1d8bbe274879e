import { addressOf, inFormat, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { gatewayUrl } from '../../base.js';
import { DotChart } from '../../charts/dot-chart.js';
import { Answer } from '../../components/answer.js';
import { FEW } from '../../components/few.js';
import { Section } from '../../components/page-frame.js';
import { fullCount } from '../../format/number.js';
import { Definition } from '../../rates/definition.js';
import type { CampaignRow } from './campaign.js';

const PATH = '/api/v1/campaigns/maturity';
type Row = RowOf<typeof PATH>;

const EVENTS = [
  ['open', 'Opened'],
  ['click', 'Clicked'],
  ['purchase', 'Purchased'],
] as const;

/** Which share of the messages had an event by which age. */
export function ResponseTimes({ campaign }: { readonly campaign: CampaignRow }) {
  const { campaign_type: type, campaign_id: id } = campaign;
  const address = addressOf(PATH, { type, id: id ?? undefined, sort: 'age_seconds' });
  const state = useApi<typeof PATH>(address);
  return (
    <Section
      title="Response times"
      note="At each age only messages that are old enough count, so ages can be about different messages."
    >
      <Answer path={PATH} state={state} height="14rem">
        {({ data }) =>
          data.length === 0 ? (
            <p class="note">None of its messages is a day old yet, or none has a date.</p>
          ) : (
            <>
              <Definition text="% of messages, by age" column="rate" />
              <div class="columns">
                {EVENTS.map(([event, title]) => (
                  <DotChart
                    key={event}
                    level={3}
                    title={`${title}, % of messages, by age`}
                    dots={dotsOf(data.filter((row) => row.event === event))}
                    unit="rate"
                    of="age"
                    sort="given"
                    csv={gatewayUrl(inFormat(address, 'csv'))}
                  />
                ))}
              </div>
            </>
          )
        }
      </Answer>
    </Section>
  );
}

function dotsOf(rows: readonly Row[]) {
  return rows.map(({ age, rate, rate_low, rate_high, happened, sent }) => ({
    ...{ name: `within ${age}`, value: rate, low: rate_low, high: rate_high, isSmall: (sent ?? 0) < FEW },
    detail: `${fullCount(happened)} of ${fullCount(sent)} old enough`,
  }));
}
