import { duration } from '../../format/duration.js';
import { dateTime, timeOfDay } from '../../format/time.js';
import { isStaleAt } from '../../stream/connection-text.js';
import type { PipelineState } from '../../stream/pipeline-stream.js';
import type { Connection } from '../../stream/stream-messages.js';
import { accountsSentence } from './accounts.js';
import { downCauses } from './causes.js';
import { BEHIND_SECONDS } from './lists.js';
import {
  asSentence,
  isPlain,
  NAMES,
  plainFault,
  records,
  sinceText,
  type ComponentName,
  type Writing,
} from './words.js';

export interface FlowSentence {
  /** The answer; null before anything is known. */
  readonly text: string | null;
  /** More sentences, one a line. */
  readonly details: readonly string[];
  /** What to do about it, if there is something to do. */
  readonly action: string | null;
  /** Section of docs/runbook.md. */
  readonly runbook: string | null;
  /** Why the wall stays on this page; null while all is well. */
  readonly hold: string | null;
  /** Changes with the news, but not with its figures, such as "running" or "down kafka": screen readers speak only then. */
  readonly kind: string;
  /** Whether to show how to send the first rows. */
  readonly isFirstRun: boolean;
}

/** A lag of more records is called "behind" if their age is unknown. */
const BEHIND_RECORDS = 10_000;

/** A component that has just been started has this long to answer. */
const STARTING_MS = 5000;

const NOTHING: FlowSentence = {
  ...{ text: null, details: [], action: null, runbook: null, hold: null },
  kind: 'unknown',
  isFirstRun: false,
};

/**
 * Answers "Is it running, is anything lost, how far behind is it, and when is it done?". The worst news comes first, so that
 * somebody who reads only the first sentence is never wrong.
 *
 * @param now ms, by the clock that `connection` uses
 */
export function flowSentence(
  state: PipelineState | null,
  connection: Connection,
  now: number,
  writing: Writing,
): FlowSentence {
  if (state === null) {
    return connection.attempt > 0
      ? {
          ...NOTHING,
          kind: 'silent',
          text: 'The gateway does not answer.',
          details: ['The page tries again by itself.'],
        }
      : NOTHING;
  }
  if (isStaleAt(connection, now)) return stale(state, connection, now, writing);
  return fresh(state, connection, now, writing);
}

function stale(state: PipelineState, connection: Connection, now: number, writing: Writing): FlowSentence {
  const silence = duration(Math.round((now - (connection.receivedAt ?? now)) / 1000), writing.locale);
  const last = fresh(state, { ...connection, receivedAt: now }, now, writing);
  const text = `No news from the gateway for ${silence}.`;
  return {
    ...last,
    text,
    details: [`At ${timeOfDay(state.at, writing.zone)}: ${last.text ?? ''}`, ...last.details],
    hold: text,
    kind: 'silent',
  };
}

function fresh(state: PipelineState, connection: Connection, now: number, writing: Writing): FlowSentence {
  const accounts = accountsSentence(state, writing);
  const details = accounts === null ? [] : [accounts];
  if (isStarting(state))
    return { ...NOTHING, kind: 'starting', text: 'The gateway has just started and asks the components.' };
  const down = downCauses(state);
  if (down.length > 0) return { ...downSentence(state, down, now, writing), isFirstRun: false };
  const { components, mart, stages } = state;
  if (mart.rows === 0 && !mart.quarantined && !stages.produced.count) {
    return { ...NOTHING, kind: 'first run', text: 'Waiting for the first row.', isFirstRun: true };
  }
  const stalled = components.consumer_group;
  if (state.engine !== 'spark' && state.consumers.members === 0 && stalled.status === 'degraded') {
    const text = `${faultSentence(state, 'consumer_group', now, writing)}${state.lag.records === 0 ? ' Nothing waits.' : ''}`;
    const { action, runbook } = stalled;
    return { ...NOTHING, text, details, action, runbook, hold: text, kind: 'down consumer_group' };
  }
  if (state.engine !== 'spark' && stalled.status === 'degraded' && (state.lag.records ?? 0) > 0) {
    const message = asSentence(stalled.message ?? 'The consumer group is degraded');
    const isStalled = stalled.runbook === 'ConsumerStuck';
    return {
      ...NOTHING,
      text: isStalled ? `Stalled ${sinceText(stalled, writing, now)}: ${message}` : message,
      details,
      action: stalled.action,
      runbook: stalled.runbook,
      hold: message,
      kind: 'stalled',
    };
  }
  if (mart.skipped_records) {
    const { action, runbook } = components.mart;
    const text = `${records(mart.skipped_records, writing)} ${mart.skipped_records === 1 ? 'was' : 'were'} never read.`;
    return {
      ...NOTHING,
      text,
      details: [lagSentence(state, connection, now, writing), ...details],
      action,
      runbook,
      hold: text,
      kind: 'skipped',
    };
  }
  const degraded = degradedOf(state);
  const running = lagSentence(state, connection, now, writing);
  const kind = running.startsWith('Behind') ? 'behind' : 'running';
  if (degraded === undefined) return { ...NOTHING, kind, text: running, details };
  const { message, action, runbook } = components[degraded];
  return {
    ...NOTHING,
    text: running,
    details: [
      `${NAMES[degraded]} is degraded ${sinceText(components[degraded], writing, now)}: ${asSentence(message ?? 'no reason given')}`,
      ...details,
    ],
    action,
    runbook,
    kind: `${kind}, ${degraded} degraded`,
  };
}

/** Whether some component has never been asked: the gateway has just started. */
function isStarting({ components, at }: PipelineState): boolean {
  return Object.values(components).some(
    ({ answered_at: answered, status, since }) =>
      status === 'down' && answered === null && Date.parse(at) - Date.parse(since) < STARTING_MS,
  );
}

function degradedOf({ parts }: PipelineState): ComponentName | undefined {
  const order: readonly ComponentName[] = [
    'mart',
    'postgresql',
    'read_server',
    'kafka',
    'consumer_group',
    'producer',
    'spark',
  ];
  return order.find((name) => parts[name] === 'degraded');
}

function downSentence(
  state: PipelineState,
  down: readonly ComponentName[],
  now: number,
  writing: Writing,
): Omit<FlowSentence, 'isFirstRun'> {
  const first = down[0]!;
  const { components } = state;
  const text = down.map((name) => faultSentence(state, name, now, writing)).join(' ');
  const details = down.flatMap((name) => {
    const { message } = components[name];
    return message !== null && !isPlain(message) && name !== 'consumer_group' ? [asSentence(message)] : [];
  });
  details.push(...consequences(state, down, writing));
  const { action, runbook } = components[first];
  return { text, details, action, runbook, hold: text, kind: `down ${down.join(' ')}` };
}

function faultSentence(state: PipelineState, name: ComponentName, now: number, writing: Writing): string {
  const report = state.components[name];
  const when = sinceText(report, writing, now);
  if (name !== 'consumer_group') return `${NAMES[name]} ${plainFault(report.message)} ${when}.`;
  if (state.consumers.members !== 0) return asSentence(`${report.message ?? 'the consumer group is down'}, ${when}`);
  const waiting = state.lag.records;
  const what = !waiting ? '' : ` ${records(waiting, writing)} ${waiting === 1 ? 'waits' : 'wait'}.`;
  return `No consumer runs ${when}.${what}`;
}

/** What still works, and that nothing is lost. */
function consequences(state: PipelineState, down: readonly ComponentName[], writing: Writing): string[] {
  const { parts, lag, mart } = state;
  const result: string[] = [];
  const martWorks = parts.mart === 'up' || parts.mart === 'degraded';
  if (down.includes('kafka') && martWorks) {
    const changed = mart.changed_at === null ? '' : ` as of ${dateTime(mart.changed_at, writing.zone)}`;
    result.push(`The mart can be read${changed}; new records wait until Kafka is back.`);
  }
  const martIsGone = down.includes('postgresql') || down.includes('mart');
  if (martIsGone && parts.kafka !== 'down') {
    result.push(
      lag.records
        ? `${records(lag.records, writing)} ${lag.records === 1 ? 'waits' : 'wait'} in Kafka until it is back.`
        : 'New records wait in Kafka until it is back.',
    );
  }
  if (down.includes('consumer_group') && martWorks) {
    result.push('The records stay in Kafka; a consumer continues where the last one stopped.');
  }
  return result;
}

function lagSentence(state: PipelineState, connection: Connection, now: number, writing: Writing): string {
  const { records: waiting, seconds, records_per_second: trend, clear_seconds: clear } = state.lag;
  const { locale, zone } = writing;
  if (waiting === null) return 'Running; how many records wait is not known.';
  const isBehind = seconds === null ? waiting > BEHIND_RECORDS : seconds >= BEHIND_SECONDS;
  if (waiting === 0 || !isBehind) {
    const wait = `${records(waiting, writing)} ${waiting === 1 ? 'waits' : 'wait'}${seconds ? `, the oldest for ${duration(seconds, locale)}` : ''}`;
    return `Running. ${waiting === 0 ? 'Nothing waits' : wait}${changeText(state, connection, now, writing)}.`;
  }
  const behind = `Behind by ${records(waiting, writing)}`;
  if (clear !== null) {
    // The gateway's clock may differ from this one; the time left does not.
    const doneAt = now + clear * 1000;
    const isToday = dateTime(doneAt, zone).slice(0, 10) === dateTime(now, zone).slice(0, 10);
    const done = isToday ? timeOfDay(doneAt, zone, false) : dateTime(doneAt, zone);
    return `${behind}; at this rate done at ${done}, in ${duration(clear, locale)}.`;
  }
  if (trend === null) return `${behind}; it is not known yet whether they become fewer.`;
  return trend > 0
    ? `${behind}, and ${records(Math.round(trend), writing)} more each second.`
    : `${behind}, and they do not become fewer.`;
}

/** "; the mart changed 0.4 s ago". */
function changeText({ at, mart }: PipelineState, { receivedAt }: Connection, now: number, { locale }: Writing): string {
  if (mart.changed_at === null) return '';
  const sinceEvent = receivedAt === null ? 0 : Math.max(0, now - receivedAt);
  const seconds = Math.max(0, Date.parse(at) - Date.parse(mart.changed_at) + sinceEvent) / 1000;
  return `, the mart changed ${duration(seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds), locale)} ago`;
}
