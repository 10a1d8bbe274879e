import { Injectable, type MessageEvent, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BehaviorSubject, Observable } from 'rxjs';
import { Metrics } from '#platform/metrics/metrics.js';
import { Problem } from '../problems/problem.js';
import type { PipelineObserver, PipelineState } from './pipeline-state.js';

const PERIOD_MS = 1000;

/** Observes the pipeline once a second, for all listeners together. */
@Injectable()
export class PipelineEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly states: BehaviorSubject<PipelineState>;
  private readonly open;
  private streams = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly observer: PipelineObserver,
    private readonly maxStreams: number,
    metrics: Metrics,
  ) {
    this.open = metrics.gauge('eventStreams');
    this.open.set(0);
    this.states = new BehaviorSubject(observer.observe());
  }

  get newest(): PipelineState {
    return this.states.value;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.states.next(this.observer.observe()), PERIOD_MS);
  }

  /** Ends the streams: an open stream would block the shutdown. */
  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.states.complete();
  }

  /** @throws Problem too-many-streams */
  stream(): Observable<MessageEvent> {
    if (this.streams >= this.maxStreams) {
      const detail = `All ${this.maxStreams} event streams are in use. Try again later, poll /api/v1/pipeline, or raise GATEWAY_EVENT_STREAMS.`;
      throw new Problem('too-many-streams', detail, { headers: { 'Retry-After': '10' } });
    }
    return new Observable((listener) => {
      this.open.set(++this.streams);
      const subscription = this.states.subscribe({
        next: (state) => listener.next({ id: state.at.toISOString(), type: 'pipeline', data: state }),
        complete: () => listener.complete(),
      });
      return () => {
        subscription.unsubscribe();
        this.open.set(--this.streams);
      };
    });
  }
}
