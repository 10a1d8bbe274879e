import { messageOf } from '#platform/errors/message-of.js';
import type { Component, ComponentState, ProbeResponse } from './component.js';

/** Pause between two probes. It is shorter after a failed probe, so that a recovery is noticed soon. */
const PAUSE_MS = 1000;
const PAUSE_FAILED_MS = 500;

/** A slow component is probed less often: it spends at most a quarter of its time on probes. */
const PAUSE_FACTOR = 3;

/** A response that takes longer is slow. One is ignored, two in a row are reported. */
const SLOW_MS = 1000;

/** A component without a response for this long is `degraded`. */
const LATE_MS = 1500;

/** A component without a response for this long is `down`, even while the probe is still running. */
const DOWN_MS = 3000;

/**
 * Probes one component repeatedly and remembers the response, so that readers never wait for the component. Only one probe runs at a
 * time, so that probes of a hanging component do not pile up.
 *
 * A late response or a failed probe makes the component `degraded`; it is `down` after three seconds without a response. A busy machine
 * or a slow network is not an outage.
 */
export class ComponentWatch<Details extends object = object> {
  private response: ProbeResponse<Details> = { status: 'down', message: 'not probed yet' };
  private answeredAt: Date | undefined;
  private seconds: number | undefined;
  /** Start of the first probe without a response; undefined after a response. */
  private noResponseSince: number | undefined;
  private failure: string | undefined;
  private slowResponses = 0;
  private status: ComponentState['status'] = 'down';
  private since = new Date();
  private probing: Promise<void> | undefined;
  private next: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Pause after a response. */
  pauseMs = PAUSE_MS;

  /** @param onChange called on each response, and when a response is overdue */
  constructor(
    readonly component: Component<Details>,
    private readonly onChange: (state: ComponentState<Details>) => void,
  ) {}

  start(): void {
    this.probing = this.probeOnce();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.next);
    await this.probing;
    await this.component.close?.();
  }

  get state(): ComponentState<Details> {
    const judged = withRunbook(this.judge());
    if (judged.status !== this.status) this.since = new Date();
    this.status = judged.status;
    const { since, answeredAt, seconds } = this;
    return { name: this.component.name, ...judged, since, answeredAt, seconds };
  }

  private async probeOnce(): Promise<void> {
    const began = Date.now();
    this.noResponseSince ??= began;
    const notify = () => this.onChange(this.state);
    const overdue = [LATE_MS, DOWN_MS]
      .map((limit) => this.noResponseSince! + limit - began)
      .filter((wait) => wait > 0)
      .map((wait) => setTimeout(notify, wait));
    const failed = await this.probe();
    for (const timer of overdue) clearTimeout(timer);
    const tookMs = Date.now() - began;
    this.seconds = tookMs / 1000;
    if (!failed) this.slowResponses = tookMs > SLOW_MS ? this.slowResponses + 1 : 0;
    notify();
    const pauseMs = failed || this.status === 'down' ? PAUSE_FAILED_MS : Math.max(this.pauseMs, PAUSE_FACTOR * tookMs);
    if (!this.stopped) this.next = setTimeout(() => this.start(), pauseMs);
  }

  private async probe(): Promise<boolean> {
    try {
      this.response = await this.component.probe();
      this.answeredAt = new Date();
      this.noResponseSince = undefined;
      this.failure = undefined;
      return false;
    } catch (error) {
      this.failure = messageOf(error);
      return true;
    }
  }

  private judge(): ProbeResponse<Details> {
    const { response, failure, component, answeredAt, noResponseSince } = this;
    const silentMs = noResponseSince === undefined ? 0 : Date.now() - noResponseSince;
    const action = component.remedy;
    if (failure !== undefined || silentMs >= LATE_MS) {
      const message = failure ?? `no answer for ${(silentMs / 1000).toFixed(1)} s`;
      if (answeredAt === undefined || silentMs >= DOWN_MS) return { status: 'down', message, action };
      // The last response may be worse than `degraded`; its details are still recent.
      return response.status === 'up' || response.status === 'absent'
        ? { ...response, status: 'degraded', message, action, runbook: 'PartDegraded' }
        : response;
    }
    if (this.slowResponses < 2 || response.status !== 'up') return response;
    const message = `slow: the last response took ${this.seconds?.toFixed(1)} s`;
    return { ...response, status: 'degraded', message, action: `${action} The network or the machine may be slow.` };
  }
}

/** A component that is down or degraded has a section, a general one if its response names none. */
function withRunbook<Details extends object>(response: ProbeResponse<Details>): ProbeResponse<Details> {
  if (response.runbook !== undefined) return response;
  if (response.status === 'down') return { ...response, runbook: 'PartDown' };
  return response.status === 'degraded' ? { ...response, runbook: 'PartDegraded' } : response;
}
