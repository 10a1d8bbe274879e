import type { PipelineState } from './pipeline-state.js';

/** Five minutes, one sample a second. */
const MAX_SAMPLES = 300;

/** The last five minutes as columns, oldest first. A value is null where it was not known. */
export interface PipelineHistory {
  /** ms since 1970. A gap means that nothing was observed then. */
  readonly times: readonly number[];
  /** Per second, over ten seconds. */
  readonly rates: Readonly<Record<keyof PipelineState['stages'], readonly (number | null)[]>>;
  readonly lag: { readonly records: readonly (number | null)[]; readonly seconds: readonly (number | null)[] };
  readonly latency: {
    readonly p50_seconds: readonly (number | null)[];
    readonly p99_seconds: readonly (number | null)[];
  };
}

type Sample = Pick<PipelineState, 'at' | 'stages' | 'lag' | 'latency'>;

export class HistoryRecorder {
  private readonly samples: Sample[] = [];

  add({ at, stages, lag, latency }: Sample): void {
    this.samples.push({ at, stages, lag, latency });
    if (this.samples.length > MAX_SAMPLES) this.samples.shift();
  }

  get history(): PipelineHistory {
    const column = <Value>(valueOf: (sample: Sample) => Value): Value[] => this.samples.map(valueOf);
    return {
      times: column(({ at }) => at.getTime()),
      rates: {
        produced: column(({ stages }) => stages.produced.per_second),
        consumed: column(({ stages }) => stages.consumed.per_second),
        stored: column(({ stages }) => stages.stored.per_second),
        quarantined: column(({ stages }) => stages.quarantined.per_second),
      },
      lag: { records: column(({ lag }) => lag.records), seconds: column(({ lag }) => lag.seconds) },
      // A latency is of the minute before; without records in that minute there is none.
      latency: {
        p50_seconds: column((sample) => (isCurrent(sample) ? sample.latency.p50_seconds : null)),
        p99_seconds: column((sample) => (isCurrent(sample) ? sample.latency.p99_seconds : null)),
      },
    };
  }
}

function isCurrent({ at, latency }: Sample): boolean {
  return latency.at !== null && at.getTime() - latency.at.getTime() < latency.window_seconds * 1000;
}
