import { useMemo } from 'preact/hooks';
import { addressOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { Figure } from '../../components/figure.js';
import { Section } from '../../components/page-frame.js';
import { count, percent, points } from '../../format/number.js';
import type { OverviewRow } from './change.js';
import { outOfLine, outOfLineSentence, type CampaignRow, type OutOfLine } from './out-of-line.js';
import type { Over } from './rates.js';

const PATH = '/api/v1/campaigns';

/** Only the largest campaigns of the period are compared. */
const MOST_CAMPAIGNS = 200;
const MOST_SHOWN = 8;

/** Campaigns that are out of line with the others of their type and channel. */
export function OutOfLineCampaigns({ all, over }: { readonly all: OverviewRow; readonly over: Over }) {
  const { first_day: from, last_day: to } = all;
  const address =
    from === null || to === null ? null : addressOf(PATH, { from, to, sort: '-sent', limit: MOST_CAMPAIGNS });
  const state = useApi<typeof PATH>(address);
  return (
    <Section title="Which campaign is out of line?">
      <Answer path={PATH} state={state} height="6rem">
        {({ data, next }) => <Campaigns campaigns={data} isCut={next !== null} all={all} over={over} />}
      </Answer>
    </Section>
  );
}

interface CampaignsProps {
  readonly campaigns: readonly CampaignRow[];
  readonly isCut: boolean;
  readonly all: OverviewRow;
  readonly over: Over;
}

function Campaigns({ campaigns, isCut, all, over }: CampaignsProps) {
  const judgement = useMemo(() => outOfLine(campaigns, over), [campaigns, over]);
  const shown = judgement.found.slice(0, MOST_SHOWN);
  const list = `./campaigns?from=${all.first_day}&to=${all.last_day}`;
  return (
    <>
      <p>
        {outOfLineSentence(judgement)}
        {isCut ? ` Only the ${MOST_CAMPAIGNS} campaigns with the most messages were compared.` : ''}{' '}
        <a href={list}>All campaigns of these days</a>
      </p>
      {shown.length === 0 ? null : (
        <ul class="out-of-line">
          {shown.map((each) => (
            <OutOfLineItem
              key={`${each.campaign.campaign_type} ${each.campaign.campaign_id} ${each.column}`}
              {...each}
            />
          ))}
        </ul>
      )}
      {judgement.found.length > shown.length ? (
        <p class="secondary">{judgement.found.length - shown.length} more.</p>
      ) : null}
    </>
  );
}

function OutOfLineItem({ campaign, rate, column, value, usual, difference, peers, isBetter }: OutOfLine) {
  const { campaign_type: type, campaign_id: id, topic, campaign_channel: channel } = campaign;
  const name = `${type} ${id}`;
  return (
    <li>
      <a href={`./campaign?type=${type}&id=${id}`}>
        {name}
        {topic === null ? '' : ': '}
        <bdi>{topic}</bdi>
      </a>{' '}
      {difference > 0 ? '▲' : '▼'} {isBetter ? 'better' : 'worse'}: {rate.label.toLowerCase()}{' '}
      <Figure label={rate.label} column={column} text={percent(value)} value={value} row={campaign} name={name} /> (
      {points(difference)}
      ), usually {percent(usual)} among {count(peers)} {channel === null ? '' : `${channel.replaceAll('_', ' ')} `}
      {type} campaigns; {count(campaign.sent)} sent.
    </li>
  );
}
