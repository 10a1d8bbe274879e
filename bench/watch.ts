import type { AppProcess } from '../dev/run/app-process.js';

/** Cost of an app's work. */
export interface Watched {
  /** Rows per second, from the last moment before the first row to the last row. */
  readonly rate: number;
  /** User and system time of the process, including its start. */
  readonly cpuSeconds: number;
  /** Peak resident memory. */
  readonly peakBytes: number;
}

const POLL_MS = 200;

/** Watches an app's counter until it reaches `rows` or the app ends. */
export async function watch(app: AppProcess, counter: string, rows: number): Promise<Watched> {
  let ended = false;
  void app.exited.then(() => (ended = true));
  await app.whenListening();
  let beganAt = performance.now();
  let peakBytes = 0;
  for (;;) {
    await app.readCounts();
    const now = performance.now();
    const done = app.counts.sum(counter);
    if (done === 0) beganAt = now;
    const cpuSeconds = app.counts.sum('process_cpu_seconds_total');
    peakBytes = Math.max(peakBytes, app.counts.sum('process_resident_memory_bytes'));
    if (done >= rows || ended) return { rate: rows / ((now - beganAt) / 1000), cpuSeconds, peakBytes };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
