import type { Admin } from 'kafkajs';
import type { Counts } from './counts.js';
import type { ScrapeTarget } from './scrape-targets.js';
import { grouped } from '#platform/terminal/screen.js';
import type { StageClock } from './stage-clock.js';

/** Writes the records of the topic to the mart. */
export interface Engine {
  readonly name: 'consumer' | 'spark';
  /** The consumer's counters; the Spark job has the same. */
  readonly counts: Counts;
  readonly consuming: StageClock;
  /** Records of the topic not yet processed; undefined while unknown. */
  readonly behind: number | undefined;
  /** What holds it up from outside. */
  readonly waitsFor?: string;

  /** Its web pages; known after start(). */
  readonly pages: readonly (readonly [url: string, what: string])[];

  /** Its metrics endpoints; known after start(). */
  readonly scrapeTargets: readonly ScrapeTarget[];

  /** Its settings for the gateway; known after start(). */
  readonly gatewaySettings: Readonly<Record<string, string>>;

  /** Resolves when it is ready to consume. */
  start(signal: AbortSignal): Promise<void>;

  /**
   * Updates its progress.
   * @throws Error with the end of its log if it has exited
   */
  refresh(admin: Admin): Promise<void>;
}

/** Its progress line on the screen. */
export function progressOf({ name, counts, consuming, behind, waitsFor }: Engine): string {
  const stored = counts.sum('messages_stored_total');
  const unchanged = counts.sum('messages_unchanged_total');
  const erased = counts.sum('messages_erased_total');
  const rejected = consuming.rows - stored - unchanged - erased - counts.sum('messages_tombstones_total');
  return (
    `${name.padEnd(12)}${grouped(consuming.rows)} records  ${grouped(consuming.rate)} rows/s  ` +
    `${behind === undefined ? '?' : grouped(behind)} behind  ` +
    `${grouped(stored)} stored  ${grouped(unchanged)} unchanged  ${grouped(rejected)} rejected${erased > 0 ? `  ${grouped(erased)} erased` : ''}${waitsFor === undefined ? '' : `  ${waitsFor}`}`
  );
}
