import type { components } from '../api/openapi.js';

type State = components['schemas']['PipelineState'];
export type History = components['schemas']['PipelineHistory'];

export interface Sample {
  /** ms, by the gateway's clock. */
  readonly at: number;
  readonly produced: number | null;
  readonly consumed: number | null;
  readonly stored: number | null;
  readonly quarantined: number | null;
  readonly lag: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
}

export type SampleName = Exclude<keyof Sample, 'at'>;

/** What is shown: five minutes, a sample a second. */
const SHOWN_SECONDS = 300;

/** Events come up to twice a second; every second one is kept. */
const LEAST_STEP_MS = 900;

/** The last five minutes: the history of the gateway, and the states since then. */
export class RecentSamples {
  private samples: Sample[] = [];

  /** A new stream begins with the history of the gateway, which has no gap of the network. What is older stays: it may have restarted. */
  begin({ times, rates, lag, latency }: History): void {
    const older = this.samples.filter(({ at }) => at < (times[0] ?? Infinity));
    const newer = times.map((at, index) => ({
      at,
      produced: rates.produced[index] ?? null,
      consumed: rates.consumed[index] ?? null,
      stored: rates.stored[index] ?? null,
      quarantined: rates.quarantined[index] ?? null,
      lag: lag.records[index] ?? null,
      p50: latency.p50_seconds[index] ?? null,
      p99: latency.p99_seconds[index] ?? null,
    }));
    this.samples = [...older, ...newer];
  }

  /** @returns whether the state was added */
  add(state: Pick<State, 'at' | 'stages' | 'lag' | 'latency'>): boolean {
    const at = Date.parse(state.at);
    const last = this.samples.at(-1)?.at ?? -Infinity;
    // A clock that was set back: what was recorded before would be in the future.
    if (at < last - LEAST_STEP_MS) this.samples = this.samples.filter((sample) => sample.at <= at);
    else if (at - last < LEAST_STEP_MS) return false;
    const { stages, lag, latency } = state;
    const isCurrent = latency.at !== null && at - Date.parse(latency.at) < latency.window_seconds * 1000;
    this.samples.push({
      at,
      produced: stages.produced.per_second,
      consumed: stages.consumed.per_second,
      stored: stages.stored.per_second,
      quarantined: stages.quarantined.per_second,
      lag: lag.records,
      p50: isCurrent ? latency.p50_seconds : null,
      p99: isCurrent ? latency.p99_seconds : null,
    });
    const first = this.samples.findIndex((sample) => sample.at > at - SHOWN_SECONDS * 1000);
    if (first > 0) this.samples.splice(0, first);
    return true;
  }

  /** One slot a second, oldest first; null where nothing was observed. */
  slots(): readonly Sample[] {
    const last = this.samples.at(-1);
    if (last === undefined) return [];
    const slots: Sample[] = Array.from({ length: SHOWN_SECONDS }, (_, index) => ({
      ...NOTHING,
      at: last.at - (SHOWN_SECONDS - 1 - index) * 1000,
    }));
    let before = -1;
    for (const sample of this.samples) {
      const slot = SHOWN_SECONDS - 1 - Math.round((last.at - sample.at) / 1000);
      if (slot < 0) continue;
      slots[slot] = { ...sample, at: slots[slot]!.at };
      // Samples are a little more than a second apart: one slot between two of them is no gap.
      if (slot - before === 2 && before >= 0) slots[slot - 1] = { ...slots[before]!, at: slots[slot - 1]!.at };
      before = slot;
    }
    return slots;
  }
}

const NOTHING = {
  ...{ produced: null, consumed: null, stored: null, quarantined: null, lag: null, p50: null, p99: null },
} as const;
