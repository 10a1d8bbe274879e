import { addressOf, type RowOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { NoResult } from '../../components/empty.js';
import { PageFrame } from '../../components/page-frame.js';
import { useQuery } from '../../components/use-query.js';
import { OverChoice, RateFilter } from '../../rates/rate-filters.js';
import { overOf, rateOf, type Over, type RateDefinition } from '../../rates/rates.js';
import { ByDay } from './by-day.js';
import { campaignSentence } from './campaign-sentence.js';
import { Place } from './place.js';
import { Properties } from './properties.js';
import { ResponseTimes } from './response-times.js';
import { Stages } from './stages.js';
import '../campaigns/campaigns.css';
import './campaign.css';

const PATH = '/api/v1/campaigns/details';
export type CampaignRow = RowOf<typeof PATH>;

const TYPES: readonly (string | undefined)[] = ['bulk', 'trigger', 'transactional'] as const;

/** One campaign: its funnel, its place among its kind, when people react, its days and its properties. */
export function Campaign() {
  const { query } = useQuery();
  const { type, id } = query;
  const over = overOf(query.over);
  const rate = rateOf(query.rate);
  const isNamed = TYPES.includes(type) && id !== undefined && /^-?\d{1,19}$/.test(id);
  const state = useApi<typeof PATH>(isNamed ? addressOf(PATH, { type, id }) : null);
  const campaign = state.body?.data[0];

  return (
    <PageFrame
      title="Campaign"
      sentence={
        !isNamed
          ? 'No campaign is chosen.'
          : campaign !== undefined
            ? campaignSentence(campaign, over)
            : state.body === null
              ? null
              : `There is no campaign ${type} ${id}.`
      }
      detail={
        <p>
          <a href="./campaigns">All campaigns</a>
        </p>
      }
      {...(campaign === undefined
        ? {}
        : {
            filters: (
              <>
                <RateFilter />
                <OverChoice />
              </>
            ),
          })}
    >
      {!isNamed ? (
        <p class="note">
          Choose one in the <a href="./campaigns">list of campaigns</a>, or name its type and id in the address:{' '}
          <code>./campaign?type=bulk&amp;id=64</code>.
        </p>
      ) : (
        <Answer path={PATH} state={state} height="60rem">
          {({ data }) =>
            data[0] === undefined ? (
              <NoResult labels={{}}>
                Neither campaigns.csv nor a message names {type} {id}. Ids are unique only together with the type: see
                the <a href={`./campaigns?search=${id}`}>campaigns with this id</a>.
              </NoResult>
            ) : (
              <Parts campaign={data[0]} {...{ rate, over }} />
            )
          }
        </Answer>
      )}
    </PageFrame>
  );
}

interface PartsProps {
  readonly campaign: CampaignRow;
  readonly rate: RateDefinition;
  readonly over: Over;
}

function Parts({ campaign, rate, over }: PartsProps) {
  return (
    <div class="campaign-parts">
      <Stages {...{ campaign, over }} />
      {campaign.sent === 0 ? null : (
        <>
          <Place {...{ campaign, over }} />
          <ByDay {...{ campaign, rate, over }} />
          <ResponseTimes campaign={campaign} />
        </>
      )}
      <Properties campaign={campaign} />
    </div>
  );
}
