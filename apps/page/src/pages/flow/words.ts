import { fullCount } from '../../format/number.js';
import { since } from '../../format/time.js';
import type { TimeZone } from '../../settings/time-zone.js';
import type { PipelineState } from '../../stream/pipeline-stream.js';

export type ComponentName = keyof PipelineState['components'];
export type Report = PipelineState['components'][ComponentName];

/** How figures and times are written. */
export interface Writing {
  readonly zone: TimeZone;
  /** The browser's locale if undefined. */
  readonly locale?: string | undefined;
}

export const NAMES: Readonly<Record<ComponentName, string>> = {
  kafka: 'Kafka',
  consumer_group: 'The consumer group',
  producer: 'The producer',
  postgresql: 'PostgreSQL',
  mart: 'The mart',
  read_server: "The readers' server",
  spark: 'Spark',
};

/** The system's words for common errors of a connection, and ours. The reason stands in parentheses where it helps. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|refused/i, 'refuses connections'],
  [/ENOTFOUND|EAI_AGAIN/i, 'cannot be found under its name'],
  [/password authentication failed|28P01/i, 'refuses connections (password)'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed? ?out|timeout|no answer for/i, 'does not answer'],
  [/ECONNRESET|terminat|closed|shutting down|ended/i, 'has ended the connection'],
  [/starting up/i, 'is starting'],
  [/not probed yet|not connected yet/i, 'has not answered yet'],
  [/relation "[^"]*" does not exist|schema "[^"]*" does not exist/i, 'is not set up'],
];

/** What a component that is down does, as the end of a sentence: "refuses connections". */
export function plainFault(message: string | null): string {
  return PLAIN.find(([pattern]) => message !== null && pattern.test(message))?.[1] ?? 'is down';
}

/** Whether `plainFault` says all that the message says. */
export function isPlain(message: string | null): boolean {
  return message === null || PLAIN.some(([pattern]) => pattern.test(message));
}

/** "1 record", "4,018 records". */
export function records(count: number, { locale }: Writing, noun = 'record'): string {
  return `${fullCount(count, locale)} ${noun}${count === 1 ? '' : 's'}`;
}

export function sinceText(report: Report, { zone }: Writing, now: number): string {
  return since(report.since, zone, now);
}

/** A sentence from a message: with a capital letter and a full stop. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.?)]$/.test(trimmed) ? '' : '.'}`;
}
