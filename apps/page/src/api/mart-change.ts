import { computed } from '@preact/signals';
import { pipeline } from '../stream/pipeline-stream.js';

/** A change of the mart's rows that the stream has reported. */
export interface MartChange {
  readonly id: string;
  /** When this page learned of it; ms since the epoch. */
  readonly knownAt: number;
}

let last: MartChange = { id: '', knownAt: -Infinity };

/** The newest change; of -Infinity before the first event. */
export const martChange = computed<MartChange>(() => {
  const state = pipeline.value;
  const id = state === null ? '' : `${state.mart.changed_at} ${state.stages.quarantined.count}`;
  if (id !== last.id) last = { id, knownAt: Date.now() };
  return last;
});
