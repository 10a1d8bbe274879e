import { useMemo } from 'preact/hooks';
import { BarChart } from '../../charts/bar-chart.js';
import { FEW } from '../../components/few.js';
import { Figure } from '../../components/figure.js';
import { fullCount, percent } from '../../format/number.js';
import { columnOf, proportionOf, RATES, wholeOf, type Over } from '../../rates/rates.js';
import type { CampaignRow } from './campaign.js';

const STAGES = [
  ['sent', 'Sent'],
  ['delivered', 'Delivered'],
  ['opened', 'Opened'],
  ['clicked', 'Clicked'],
  ['purchased', 'Purchased'],
  ['unsubscribed', 'Unsubscribed'],
  ['complained', 'Complained'],
  ['bounced', 'Bounced'],
] as const;

/** How many messages got how far, and all rates. */
export function Stages({ campaign, over }: { readonly campaign: CampaignRow; readonly over: Over }) {
  const { sent } = campaign;
  const bars = useMemo(
    () =>
      STAGES.map(([column, name]) => ({
        ...{ name, value: campaign[column] },
        ...(column === 'sent' || sent === 0 ? {} : { detail: `${percent(campaign[column] / sent)} of sent` }),
      })),
    [campaign],
  );
  return (
    <section class="page-section">
      <h2>Rates</h2>
      <dl class="big-figures">
        {RATES.map((rate) => {
          const { count, whole, value, low, high } = proportionOf(campaign, rate, over);
          const isFew = value !== null && whole < FEW;
          return (
            <div key={rate.name} class={isFew ? 'is-few' : undefined}>
              <dt>{rate.label}</dt>
              <dd>
                <Figure
                  label={rate.label}
                  column={columnOf(rate, over)}
                  text={percent(value)}
                  value={value}
                  row={campaign}
                />
                <small>
                  {fullCount(count)} of {fullCount(whole)} {wholeOf(rate, over)}
                </small>
                {isFew && low !== null ? (
                  <small>
                    95 % interval: {percent(low)} to {percent(high)}
                  </small>
                ) : null}
                {campaign[rate.maturity] === false ? <small class="arriving">still arriving</small> : null}
              </dd>
            </div>
          );
        })}
      </dl>
      <div class="page-section">
        <BarChart
          level={3}
          title="Messages by stage"
          note="Stages are not nested: a message can be clicked or bought from without a recorded open."
          bars={bars}
          unit="count"
          by="name"
          of="stage"
        />
      </div>
    </section>
  );
}
