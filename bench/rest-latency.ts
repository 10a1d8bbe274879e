import { RESOURCES } from '../apps/gateway/src/rest/resources/resources.js';
import { table } from '../local/run/screen.js';
import { latencyTable, openLoop } from './http-load.js';

/** Every list that reads the ledger. The others read rows of messages, and one of them at a time is load enough. */
const PATHS = RESOURCES.filter(({ kind, isSlow }) => kind === 'list' && !isSlow({})).map(
  ({ path }) => `/api/v1/${path}`,
);

const RATE = 200;
const SECONDS = 30;

/** Prints latencies of the mart's figures under a steady load, warm: each was asked for once before. */
export async function measureRest(origin: string): Promise<void> {
  await openLoop({ origin, paths: PATHS, rate: 5, seconds: PATHS.length / 5 });
  console.log(
    `\nREST, ${RATE} requests/s for ${SECONDS} s over ${PATHS.length} paths, open loop; ms from the scheduled time`,
  );
  console.log(table(latencyTable(await openLoop({ origin, paths: PATHS, rate: RATE, seconds: SECONDS }))).join('\n'));
}

/** Prints latencies of what monitors ask, of those paths that answer. */
export async function measureMonitoring(origin: string): Promise<void> {
  const paths: string[] = [];
  for (const path of ['/livez', '/readyz', '/metrics', '/health'])
    if ((await fetch(origin + path)).ok) paths.push(path);
  console.log('\nProbes and metrics, 20 requests/s for 10 s');
  console.log(table(latencyTable(await openLoop({ origin, paths, rate: 20, seconds: 10 }))).join('\n'));
}
