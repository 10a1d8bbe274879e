import { useState } from 'preact/hooks';
import { addressOf } from '../../api/api.js';
import { useApi } from '../../api/use-api.js';
import { Answer } from '../../components/answer.js';
import { formatCell, type ColumnFormat } from '../../components/data-table.js';
import { Figure } from '../../components/figure.js';
import { Section } from '../../components/page-frame.js';
import { SlowQuestion } from '../../components/slow-question.js';
import { fullCount } from '../../format/number.js';
import type { CampaignRow } from './campaign.js';

const AUDIENCE = '/api/v1/campaigns/{type}/{id}/audience';

const PROPERTIES: readonly (readonly [keyof CampaignRow, string, ColumnFormat])[] = [
  ['topic', 'Topic', 'text'],
  ['campaign_channel', 'Channel', 'text'],
  ['first_date', 'First day of sending (UTC)', 'day'],
  ['last_date', 'Last day of sending (UTC)', 'day'],
  ['started_at', 'Planned start', 'time'],
  ['finished_at', 'Planned end', 'time'],
  ['total_count', 'Planned recipients', 'count'],
  ['sent_of_total', 'Sent of planned', 'rate'],
  ['ab_test', 'A/B test', 'text'],
  ['warmup_mode', 'Warm-up', 'text'],
  ['hour_limit', 'Messages an hour at most', 'count'],
  ['subject_length', 'Characters of the subject', 'count'],
  ['subject_with_personalization', 'Subject names the client', 'text'],
  ['subject_with_deadline', 'Subject names a deadline', 'text'],
  ['subject_with_emoji', 'Subject has an emoji', 'text'],
  ['subject_with_bonuses', 'Subject offers bonuses', 'text'],
  ['subject_with_discount', 'Subject offers a discount', 'text'],
  ['subject_with_saleout', 'Subject announces a sale', 'text'],
  ['is_test', 'Test', 'text'],
  ['position', 'Position in a series', 'count'],
];

/** What campaigns.csv says of the campaign. */
export function Properties({ campaign }: { readonly campaign: CampaignRow }) {
  const isKnown = campaign.is_known === true;
  const shown = PROPERTIES.filter(([column]) => campaign[column] !== null && (isKnown || /_date$/.test(column)));
  const missing = PROPERTIES.filter(([column]) => campaign[column] === null && !/_date$/.test(column));
  return (
    <Section
      title="Properties"
      note={
        isKnown
          ? undefined
          : 'Messages name this campaign, but campaigns.csv does not, so its topic and other properties are unknown.'
      }
    >
      <dl class="properties">
        {shown.map(([column, label, format]) => {
          const value = campaign[column];
          return (
            <div key={column}>
              <dt>{label}</dt>
              <dd>
                <Figure label={label} column={column} text={textOf(format, value)} value={value} row={campaign}>
                  <bdi>{textOf(format, value)}</bdi>
                </Figure>
              </dd>
            </div>
          );
        })}
      </dl>
      {isKnown && missing.length > 0 ? (
        <p class="secondary">
          campaigns.csv has no value for: {missing.map(([, label]) => label.toLowerCase()).join(', ')}.
        </p>
      ) : null}
      {campaign.sent === 0 ? null : <Audience campaign={campaign} />}
    </Section>
  );
}

function textOf(format: ColumnFormat, value: string | number | boolean | null): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : formatCell(format, value);
}

function Audience({ campaign }: { readonly campaign: CampaignRow }) {
  const [isAsked, setAsked] = useState(false);
  const { campaign_type: type, campaign_id: id } = campaign;
  const address = addressOf(AUDIENCE, { type, id: id ?? undefined });
  const state = useApi<typeof AUDIENCE>(isAsked ? address : null, { live: false });
  if (!isAsked) {
    return <SlowQuestion label="Count its clients" onAsk={() => setAsked(true)} isAsking={false} />;
  }
  return (
    <Answer path={AUDIENCE} state={state} height="2rem">
      {({ data }) => (
        <p>
          <Figure
            label="Clients"
            column="unique_clients"
            text={fullCount(data.unique_clients)}
            value={data.unique_clients}
            row={data}
          />{' '}
          different clients received its messages.
        </p>
      )}
    </Answer>
  );
}
