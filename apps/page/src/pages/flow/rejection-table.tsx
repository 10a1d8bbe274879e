import { useState } from 'preact/hooks';
import { Section } from '../../components/page-frame.js';
import { fullCount } from '../../format/number.js';
import { isWall } from '../../settings/wall.js';
import type { PipelineState } from '../../stream/pipeline-stream.js';
import { quarantineHref } from './lists.js';

/** As many as are seen at a glance. */
const SHOWN = isWall ? 5 : 8;

/** Why records were rejected, with the newest of each a click away. */
export function RejectionTable({ state: { rejections, parts } }: { readonly state: PipelineState }) {
  const [showsAll, setShowsAll] = useState(false);
  const title = 'Rejected in the last hour, by reason';
  if (rejections === null) {
    return (
      <Section title={title}>
        <p class="secondary">{parts.mart === 'down' ? 'Not known: the mart does not answer.' : 'Not read yet.'}</p>
      </Section>
    );
  }
  const { reasons, records, is_capped: isCapped } = rejections;
  const note = isCapped
    ? `More than ${fullCount(records)} records; the newest ${fullCount(records)} are counted.`
    : 'A record counts once for each of its reasons.';
  return (
    <Section title={title}>
      {reasons.length === 0 ? (
        <p class="secondary">No record was rejected.</p>
      ) : (
        <>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Reason</th>
                <th scope="col">Column</th>
                <th scope="col" class="number">
                  Records
                </th>
              </tr>
            </thead>
            <tbody>
              {(showsAll ? reasons : reasons.slice(0, SHOWN)).map(({ reason, column, records: count }) => (
                <tr key={`${reason} ${column}`}>
                  <th scope="row">
                    <a href={quarantineHref(reason, column)}>{reason}</a>
                  </th>
                  <td class="flow-column">{column ?? 'whole record'}</td>
                  <td class="number">{fullCount(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="table-foot secondary">
            {note}{' '}
            {reasons.length > SHOWN && !isWall ? (
              <button type="button" class="button" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
                {showsAll ? `Show the ${SHOWN} most frequent` : `Show all ${reasons.length}`}
              </button>
            ) : null}
          </p>
        </>
      )}
    </Section>
  );
}
