import { examplePath } from '../apps/gateway/src/rest/resources/example-path.js';
import { RESOURCES } from '../apps/gateway/src/rest/resources/resources.js';
import { table } from '#platform/terminal/screen.js';
import type { Server } from '../dev/services/server.js';
import { latencyTable, openLoop } from './http-load.js';

/** Every list that reads the ledger. The other lists read rows of `messages`, where one request at a time is load enough. */
const PATHS = RESOURCES.filter(({ kind, isSlow, needsToken }) => kind === 'list' && !isSlow({}) && !needsToken).map(
  (resource) => `/api/v1/${examplePath(resource)}`,
);

const RATE = 200;
const SECONDS = 30;

/** Prints latencies of the mart's lists under a steady load, after one request to each to warm up. */
export async function measureRest(origin: string): Promise<void> {
  await openLoop({ origin, paths: PATHS, rate: 5, seconds: PATHS.length / 5 });
  console.log(
    `\nREST, ${RATE} requests/s for ${SECONDS} s over ${PATHS.length} paths, open loop; ms from the scheduled time`,
  );
  console.log(table(latencyTable(await openLoop({ origin, paths: PATHS, rate: RATE, seconds: SECONDS }))).join('\n'));
}

/** Prints latencies of the monitoring endpoints with everything up, then with each server in turn paused. */
export async function measureMonitoring(origin: string, servers: Readonly<Record<string, Server>>): Promise<void> {
  const load = { origin, paths: ['/health', '/metrics'], rate: 40, seconds: 15 };
  console.log(`\nMonitoring, ${load.rate} requests/s for ${load.seconds} s, open loop; ms from the scheduled time`);
  const [heading, ...up] = latencyTable(await openLoop(load));
  const lines = up.map((cells) => ['all up', ...cells]);
  for (const [name, server] of Object.entries(servers)) {
    server.pause();
    try {
      lines.push(
        ...latencyTable(await openLoop(load))
          .slice(1)
          .map((cells) => [`${name} hangs`, ...cells]),
      );
    } finally {
      server.resume();
    }
  }
  console.log(table([['', ...heading!], ...lines.filter(([, path]) => path !== 'all')]).join('\n'));
  console.log('(/health returns 503 while a component is down, which counts as failed here.)');
}
