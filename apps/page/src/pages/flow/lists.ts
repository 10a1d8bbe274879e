import type { PipelineState } from '../../stream/pipeline-stream.js';
import type { Sample, SampleName } from '../../stream/recent-samples.js';

export type PartitionLag = PipelineState['lag']['partitions'][number];

/** Partitions with the greatest lag first; of equal ones, the oldest first, then by number. */
export function worstFirst(partitions: readonly PartitionLag[]): PartitionLag[] {
  return [...partitions].sort(
    (one, other) =>
      other.records - one.records || (other.seconds ?? 0) - (one.seconds ?? 0) || one.partition - other.partition,
  );
}

/** A record that waits for less is on its way: whether so few become more or fewer says nothing. */
export const BEHIND_SECONDS = 10;

/** When a partition has nothing waiting, in words. */
export function clearText(
  { records, seconds, records_per_second: trend, clear_seconds: clear }: Omit<PartitionLag, 'partition'>,
  duration: (seconds: number) => string,
): string {
  if (records === 0) return 'nothing waits';
  if (seconds !== null && seconds < BEHIND_SECONDS) return 'keeps up';
  if (clear !== null) return `done in ${duration(clear)}`;
  if (trend === null) return 'trend not known yet';
  return trend > 0 ? 'grows' : 'does not shrink';
}

/** Address of the quarantined records with a reason, in the columns that the page Quarantine filters. */
export function quarantineHref(reason: string, column: string | null): string {
  const query = new URLSearchParams({ reason });
  if (column !== null) query.set('column', column);
  return `./quarantine?${query}`;
}

export function column(samples: readonly Sample[], name: SampleName): (number | null)[] {
  return samples.map((sample) => sample[name]);
}

/** Why there is no latency. */
export const NO_LATENCY: Readonly<Record<NonNullable<PipelineState['latency']['unknown']>, string>> = {
  engine: 'Spark writes the mart and stores no latencies; its metric messages_end_to_end_latency_seconds has them.',
  no_records: 'No record has arrived since the gateway started.',
  old_mart: 'The mart has no place for it: run mart-init of this version.',
  no_answer: 'The mart does not answer.',
};
