import type { PipelineState } from '../stream/pipeline-stream.js';

export type Status = PipelineState['parts'][keyof PipelineState['parts']];

const WORDS: Readonly<Record<Status, string>> = { up: 'ok', degraded: 'degraded', down: 'down', absent: 'absent' };
const SHAPES: Readonly<Record<Status, string>> = { up: '●', degraded: '▲', down: '■', absent: '○' };

/** State by shape, word and colour. */
export function StateLabel({ status, class: className = '' }: { readonly status: Status; readonly class?: string }) {
  return (
    <span class={`state state-${status} ${className}`}>
      <span aria-hidden="true">{SHAPES[status]}</span> {WORDS[status]}
    </span>
  );
}

/** An absent component is not expected, so it is no worse than one that is up. */
export function worstOf(statuses: readonly Status[]): Status {
  return (['down', 'degraded'] as const).find((status) => statuses.includes(status)) ?? 'up';
}
