import { resolve } from 'node:path';
import { choosePort, withAnotherPort } from '../services/ports.js';
import { claimState } from '../services/state-lock.js';
import type { MartAddress } from './mart-address.js';
import { PgAdminState } from './pgadmin-state.js';

const USUAL_PORT = 8081;

export interface PgAdminOptions {
  /** All state of pgAdmin; one run at a time. */
  readonly stateDir: string;
  /** The path of the installation's Python. */
  readonly python: string;
  readonly mart: MartAddress;
  readonly log: (line: string) => void;
  /** Aborts the start: stops what has been started and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface PgAdmin {
  /** Includes the key that grants access. */
  readonly url: string;
  /** The folder that the file dialog opens first. */
  readonly queriesDir: string;
  stop(): Promise<void>;
}

/**
 * Starts pgAdmin on 127.0.0.1 with the mart registered and the saved queries in its file dialog. First stops a pgAdmin that a
 * killed run left behind, because it knows the mart's old address.
 * @throws ServiceError PGADMIN_SETUP_FAILED, SERVER_DID_NOT_START, STATE_IN_USE
 */
export async function startPgAdmin(options: PgAdminOptions): Promise<PgAdmin> {
  const { log, signal } = options;
  const state = new PgAdminState(resolve(options.stateDir), options.python);
  const release = claimState(state.folder);
  const server = state.process();
  const onAbort = () => void server.stop().catch(() => undefined); // the stop below reports its failure
  try {
    if (server.adopt()) await server.stop();
    log('registering the mart…');
    await state.prepare(options.mart, signal);
    signal?.addEventListener('abort', onAbort, { once: true });
    const began = performance.now();
    const key = await state.key();
    let port = 0;
    await withAnotherPort(async () => {
      signal?.throwIfAborted();
      port = await choosePort([USUAL_PORT]);
      server.launch(options.python, ['-m', 'pgadmin4.pgAdmin4'], { cwd: '/', env: state.environment({ port, key }) });
      await server.waitUntilReady(() => ping(port, key));
    });
    signal?.throwIfAborted();
    log(`ready on 127.0.0.1:${port} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return {
      url: `http://127.0.0.1:${port}/?key=${key}`,
      queriesDir: state.home,
      stop: () => server.stop().finally(release),
    };
  } catch (error) {
    await server.stop().finally(release);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function ping(port: number, key: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/misc/ping?key=${key}`, { signal: AbortSignal.timeout(5000) });
  // Check the text: another program may have taken the port.
  if ((await response.text()) !== 'PING') throw new Error(`no answer of pgAdmin: ${response.status}`);
}
