import type { Admin } from 'kafkajs';
import type { Counts } from './counts.js';
import type { ScrapeTarget } from './scrape-targets.js';
import { grouped } from './screen.js';
import type { StageClock } from './stage-clock.js';

/** What takes the records of the topic into the mart. */
export interface Engine {
  readonly name: 'consumer' | 'spark';
  /** The consumer's counters; the Spark job has the same. */
  readonly counts: Counts;
  readonly consuming: StageClock;
  /** Records of the topic that it has not dealt with; undefined while nobody can tell. */
  readonly behind: number | undefined;
  /** Why it does not get further, where it is not its own fault. */
  readonly waitsFor?: string;

  /** Addresses to look at, once it was started, and what is there. */
  readonly pages: readonly (readonly [url: string, what: string])[];

  /** What of it gives metrics, once it was started. */
  readonly scrapeTargets: readonly ScrapeTarget[];

  /** What the gateway is told of it, once it was started. */
  readonly gatewaySettings: Readonly<Record<string, string>>;

  /** Resolves when it can take records. */
  start(signal: AbortSignal): Promise<void>;

  /**
   * Reads how far it is.
   * @throws Error with the end of its log when it has ended
   */
  refresh(admin: Admin): Promise<void>;
}

/** Its line on the screen. */
export function progressOf({ name, counts, consuming, behind, waitsFor }: Engine): string {
  const stored = counts.sum('messages_stored_total');
  const unchanged = counts.sum('messages_unchanged_total');
  const rejected = consuming.rows - stored - unchanged - counts.sum('messages_tombstones_total');
  return (
    `${name.padEnd(12)}${grouped(consuming.rows)} records  ${grouped(consuming.rate)} rows/s  ` +
    `${behind === undefined ? '?' : grouped(behind)} behind  ` +
    `${grouped(stored)} stored  ${grouped(unchanged)} unchanged  ${grouped(rejected)} rejected${waitsFor === undefined ? '' : `  ${waitsFor}`}`
  );
}
