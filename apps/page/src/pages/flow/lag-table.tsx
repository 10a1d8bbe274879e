import { useState } from 'preact/hooks';
import { Section } from '../../components/page-frame.js';
import { duration } from '../../format/duration.js';
import { fullCount } from '../../format/number.js';
import { isWall } from '../../settings/wall.js';
import type { PipelineState } from '../../stream/pipeline-stream.js';
import { clearText, worstFirst } from './lists.js';
import { useSlowly } from './use-slowly.js';

/** As many as are seen at a glance. */
const SHOWN = isWall ? 5 : 8;

/** Records that wait, by partition. */
export function LagTable({ state: { lag, engine } }: { readonly state: PipelineState }) {
  const [showsAll, setShowsAll] = useState(false);
  const order = useSlowly(lag.partitions, (partitions) => worstFirst(partitions).map(({ partition }) => partition));
  const sorted = [...lag.partitions].sort(
    (one, other) => order.indexOf(one.partition) - order.indexOf(other.partition),
  );
  const shown = showsAll ? sorted : sorted.slice(0, SHOWN);
  const most = Math.max(1, ...sorted.map(({ records }) => records));
  return (
    <Section title="Records waiting, by partition, worst first">
      {sorted.length === 0 ? (
        <p class="secondary">
          {engine === 'spark'
            ? 'Spark does not report its lag by partition.'
            : 'Not known: the consumer group does not answer.'}
        </p>
      ) : (
        <table class="table flow-lag">
          <thead>
            <tr>
              <th scope="col">Partition</th>
              <th scope="col" class="number">
                Records
              </th>
              <th scope="col" class="number">
                Oldest
              </th>
              <th scope="col">At this rate</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.partition} data-partition={each.partition}>
                <th scope="row">
                  {each.partition}
                  <span class="flow-bar" aria-hidden="true" style={{ inlineSize: `${(each.records / most) * 100}%` }} />
                </th>
                <td class="number">{fullCount(each.records)}</td>
                <td class="number">{duration(each.seconds)}</td>
                <td>{clearText(each, duration)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {sorted.length > SHOWN && !isWall ? (
        <p class="table-foot">
          <button type="button" class="button" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? `Show the worst ${SHOWN}` : `Show all ${sorted.length} partitions`}
          </button>
        </p>
      ) : null}
    </Section>
  );
}
