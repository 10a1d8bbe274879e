import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Answer as AnswerOf, ApiPath } from '../api/api.js';
import { loadDefinitions } from '../api/definitions.js';
import type { ApiState } from '../api/use-api.js';
import type { ApiProblem } from '../api/problem.js';
import { dateTime } from '../format/time.js';
import { timeZone } from '../settings/time-zone.js';
import { Source } from './source.js';
import { useQuery } from './use-query.js';

interface AnswerProps<P extends ApiPath> {
  readonly path: P;
  readonly state: ApiState<P>;
  /** Height to keep while nothing is there yet, so that nothing jumps; for example "20rem". */
  readonly height?: string;
  /** Whether the answer needs the token. */
  readonly isPrivate?: boolean;
  readonly children: (body: AnswerOf<P>) => ComponentChildren;
}

/** Shows an answer in all its states: loading, there, outdated because of an error, and an error. */
export function Answer<P extends ApiPath>({
  path,
  state,
  height = '12rem',
  isPrivate = false,
  children,
}: AnswerProps<P>) {
  // Definitions also say which column is a rate's denominator, which tables need to mark rates of few messages.
  useEffect(loadDefinitions, []);
  const { body, at, problem, address, reload } = state;
  if (body === null) {
    return (
      <div style={{ minHeight: height }}>
        {problem === null ? <Loading /> : <ProblemNote problem={problem} retry={reload} />}
      </div>
    );
  }
  return (
    <Source {...{ path, address, at, isPrivate }}>
      <div class={problem === null ? undefined : 'is-outdated'} data-address={address}>
        {problem === null ? null : (
          <p class="note" role="status">
            Figures of {dateTime(at ?? 0, timeZone.value)}; newer ones could not be read: {problem.detail}
          </p>
        )}
        {children(body)}
      </div>
    </Source>
  );
}

const QUIET_MS = 400;

/** Says nothing for a moment: most answers are there by then. */
export function Loading({ text = 'Loading…' }: { readonly text?: string }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return isShown ? (
    <p class="secondary" role="status">
      {text}
    </p>
  ) : null;
}

/** An error: what happened and what to do. */
function ProblemNote({ problem, retry }: { readonly problem: ApiProblem; readonly retry: () => void }) {
  const { query, setQuery } = useQuery();
  return (
    <div class="note" role="alert">
      <p>
        <strong>{problem.title}.</strong> {problem.detail}
      </p>
      {problem.errors.length === 0 ? null : (
        <ul>
          {problem.errors.map(({ parameter, detail }) => (
            <li key={parameter}>
              <code>{parameter}</code> {detail}{' '}
              {query[parameter] === undefined ? null : (
                <button type="button" class="button" onClick={() => setQuery({ [parameter]: undefined })}>
                  Drop {parameter}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <p>
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      </p>
    </div>
  );
}
