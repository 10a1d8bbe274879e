import { Figure } from '../../components/figure.js';
import { count, percent } from '../../format/number.js';
import { changeOf, type OverviewRow } from './change.js';
import { ChangeFigure } from './change-note.js';
import { RATES, type Over } from './rates.js';

/** Volume and rates of all messages. */
export function MainFigures({ all, over }: { readonly all: OverviewRow; readonly over: Over }) {
  return (
    <section class="page-section" aria-label="All messages">
      <dl class="big-figures">
        <div>
          <dt>Sent</dt>
          <dd>
            <Figure label="Sent" column="sent" text={count(all.sent)} value={all.sent} row={all} name="all" />
            <small>
              before{' '}
              <Figure
                label="Sent in the period before"
                column="before_sent"
                text={count(all.before_sent)}
                value={all.before_sent}
                row={all}
                name="all"
              />
            </small>
          </dd>
        </div>
        {RATES.map((rate) => {
          const change = changeOf(all, rate, over);
          return (
            <div key={rate.name}>
              <dt>
                {rate.label}, of {change.column.endsWith('_delivered') ? 'delivered' : 'sent'}
              </dt>
              <dd>
                <Figure
                  label={rate.label}
                  column={change.column}
                  text={percent(change.now)}
                  value={change.now}
                  row={all}
                  name="all"
                />
                <ChangeFigure change={change} row={all} />
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
