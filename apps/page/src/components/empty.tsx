import type { ComponentChildren } from 'preact';
import { fullCount } from '../format/number.js';
import { pipeline } from '../stream/pipeline-stream.js';
import { useQuery } from './use-query.js';

/** A page without a filter has nothing to show: the mart is empty, or has no messages of its `kind`. */
export function FirstRun({ kind }: { readonly kind?: string }) {
  const messages = pipeline.value?.stages.stored.count ?? 0;
  if (kind !== undefined && messages > 0) {
    return (
      <div class="note" role="status">
        <p>
          The mart has {fullCount(messages)} messages, but no {kind}.
        </p>
      </div>
    );
  }
  return (
    <div class="note">
      <p>The mart has no messages yet. Send some:</p>
      <pre>npm start -- --file messages.csv</pre>
      <p class="secondary">They appear here by themselves.</p>
    </div>
  );
}

/** Filters exclude everything: names them, each with a way to drop it. `labels` maps names of filters to their labels. */
export function NoResult({
  labels,
  children,
}: {
  readonly labels: Readonly<Record<string, string>>;
  readonly children?: ComponentChildren;
}) {
  const { query, setQuery } = useQuery();
  const active = Object.keys(labels).filter((name) => query[name] !== undefined);
  return (
    <div class="note" role="status">
      <p>{children ?? (active.length === 0 ? 'There is nothing to show.' : 'Nothing matches these filters.')}</p>
      {active.length === 0 ? null : (
        <ul>
          {active.map((name) => (
            <li key={name}>
              {labels[name]}: <bdi>{query[name] === '' ? 'none' : query[name]}</bdi>{' '}
              <button type="button" class="button" onClick={() => setQuery({ [name]: undefined })}>
                Drop {labels[name]}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
