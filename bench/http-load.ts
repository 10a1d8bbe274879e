import { Agent, get } from 'node:http';

export interface LoadOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Requested in turn. */
  readonly paths: readonly string[];
  /** Requests per second, sent even if earlier ones have no response yet. */
  readonly rate: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly path: string;
  /** Milliseconds from the scheduled time to the last byte, in ascending order. */
  readonly latencies: readonly number[];
  /** Number of responses other than 200 and of failed requests. */
  readonly failures: number;
}

const AGENT = { keepAlive: true, maxSockets: 64 };

/**
 * An open loop: each request is sent at its scheduled time, and its latency counts from then. A server that stalls is therefore
 * charged for all requests that were due meanwhile (no coordinated omission).
 */
export async function openLoop({ origin, paths, rate, seconds }: LoadOptions): Promise<LoadResult[]> {
  const agent = new Agent(AGENT);
  const results = paths.map((path) => ({ path, latencies: [] as number[], failures: 0 }));
  const began = performance.now();
  const total = rate * seconds;
  const answered: Promise<void>[] = [];
  try {
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
      for (; sent < due; sent++) {
        const scheduled = began + (sent / rate) * 1000;
        const result = results[sent % results.length]!;
        answered.push(
          ask(agent, origin + result.path).then((isOk) => {
            result.latencies.push(performance.now() - scheduled);
            if (!isOk) result.failures++;
          }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(answered);
  } finally {
    agent.destroy();
  }
  return results.map((result) => ({ ...result, latencies: result.latencies.sort((one, other) => one - other) }));
}

/** True if the response was a 200 and was read to its end. */
function ask(agent: Agent, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent }, (response) => {
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(response.statusCode === 200));
      response.resume();
    });
    // The server closed the idle connection at the same moment: repeat on a new one, as browsers do.
    request.on('error', () => resolve(request.reusedSocket ? ask(agent, url) : false));
  });
}

/** @param ascending not empty */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.ceil(ascending.length * share) - 1)]!;
}

/** One line for each path and one for all: requests, p50, p99 and max in ms, failures. */
export function latencyTable(results: readonly LoadResult[]): string[][] {
  const all = results.flatMap(({ latencies }) => latencies).sort((one, other) => one - other);
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  return [
    ['', 'requests', 'p50', 'p99', 'max', 'failed'],
    ...[...results, { path: 'all', latencies: all, failures }].map(({ path, latencies, failures: failed }) => [
      path,
      String(latencies.length),
      ...[percentile(latencies, 0.5), percentile(latencies, 0.99), latencies.at(-1)!].map((ms) => ms.toFixed(1)),
      String(failed),
    ]),
  ];
}
