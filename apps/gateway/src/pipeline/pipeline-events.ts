import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Metrics } from '#platform/metrics/metrics.js';
import { Problem } from '../problems/problem.js';
import type { ComponentName } from '../system/component.js';
import type { SystemMonitor } from '../system/system-monitor.js';
import { eventBytes, EventListeners, type EventTarget } from './event-listeners.js';
import { HistoryRecorder } from './pipeline-history.js';
import type { PipelineObserver } from './pipeline-observer.js';
import type { PipelineState } from './pipeline-state.js';

/** An event is sent at least this often, so that a listener notices a dead connection. */
const HEARTBEAT_MS = 1000;

/** Least time between two events, and between two that a commit is in: a commit does not wait for other news. */
const PAUSE_MS = 500;

/** Timers may fire a moment early or late; a heartbeat replaces the event that is just due. */
const TOLERANCE_MS = 50;

/** Times that move while nothing happens. */
const CLOCKS = new Set(['at', 'answered_at']);

/** Observes the pipeline for all listeners together, and sends each of them the same bytes. */
@Injectable()
export class PipelineEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recorder = new HistoryRecorder();
  private readonly listeners: EventListeners;
  private state: PipelineState;
  /** The history as an event, until the next sample. */
  private history: Buffer | undefined;
  /** The last event, and its content without the times that always move. */
  private sent: { readonly at: number; readonly event: Buffer; readonly content: string };
  /** When the last event with a commit was sent. */
  private commitSentAt = -Infinity;
  private heartbeat: NodeJS.Timeout | undefined;
  private next: NodeJS.Timeout | undefined;
  private isEnded = false;

  constructor(
    private readonly observer: Pick<PipelineObserver, 'observe'>,
    private readonly monitor: Pick<SystemMonitor, 'onAnswer' | 'setWatched'>,
    private readonly maxStreams: number,
    metrics: Pick<Metrics, 'gauge'>,
  ) {
    const open = metrics.gauge('eventStreams');
    open.set(0);
    this.listeners = new EventListeners((count) => {
      open.set(count);
      this.monitor.setWatched(count > 0);
    });
    this.state = this.observer.observe();
    this.sent = { at: -Infinity, event: eventOf(this.state), content: contentOf(this.state) };
  }

  get newest(): PipelineState {
    return this.state;
  }

  onApplicationBootstrap(): void {
    this.monitor.onAnswer = (name) => this.answered(name);
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  /** Ends the streams: an open stream would block the shutdown. */
  onModuleDestroy(): void {
    this.isEnded = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.next);
    this.monitor.onAnswer = () => undefined;
    this.listeners.end();
  }

  /** Sends the history, the state, and then each change of it. @throws Problem too-many-streams */
  listen(target: EventTarget): void {
    if (this.isEnded) {
      target.end();
      return;
    }
    this.history ??= eventBytes('history', undefined, JSON.stringify(this.recorder.history));
    this.listeners.add(target, [this.history, this.sent.event]);
  }

  /** @throws Problem too-many-streams */
  checkRoom(): void {
    if (this.listeners.size < this.maxStreams) return;
    const detail = `All ${this.maxStreams} event streams are in use. Try again later, poll /api/v1/pipeline, or raise GATEWAY_EVENT_STREAMS.`;
    throw new Problem('too-many-streams', detail, { headers: { 'Retry-After': '10' } });
  }

  /** A component has answered: observes now, or soon if it did so just now. Several answers share one event. */
  private answered(name: ComponentName): void {
    if (name === 'mart' && performance.now() - this.commitSentAt >= PAUSE_MS && this.publishCommit()) return;
    if (this.next !== undefined) return;
    const wait = Math.max(0, this.sent.at + PAUSE_MS - performance.now());
    this.next = setTimeout(() => {
      this.next = undefined;
      this.publish(false);
    }, wait);
  }

  /** @returns whether something was committed since the last event */
  private publishCommit(): boolean {
    const before = this.state;
    const state = this.observer.observe();
    if (commitsOf(state) === commitsOf(before)) return false;
    clearTimeout(this.next);
    this.next = undefined;
    this.send(state);
    return true;
  }

  private beat(): void {
    if (performance.now() - this.sent.at >= HEARTBEAT_MS - TOLERANCE_MS) this.publish(true);
    this.recorder.add(this.state);
    this.history = undefined;
  }

  /** @param always also if nothing has changed */
  private publish(always: boolean): void {
    this.send(this.observer.observe(), always);
  }

  private send(state: PipelineState, always = false): void {
    const isCommit = commitsOf(state) !== commitsOf(this.state);
    this.state = state;
    const content = contentOf(state);
    if (!always && content === this.sent.content) return;
    this.sent = { at: performance.now(), event: eventOf(state), content };
    if (isCommit) this.commitSentAt = this.sent.at;
    this.listeners.send(this.sent.event);
  }
}

/** Changes with each commit. */
function commitsOf({ stages, mart }: PipelineState): string {
  return `${stages.stored.count} ${stages.quarantined.count} ${mart.changed_at?.getTime()}`;
}

function contentOf(state: PipelineState): string {
  return JSON.stringify(state, (key, value: unknown) => (CLOCKS.has(key) ? undefined : value));
}

function eventOf(state: PipelineState): Buffer {
  return eventBytes('pipeline', state.at.toISOString(), JSON.stringify(state));
}
