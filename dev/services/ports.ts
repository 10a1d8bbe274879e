import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { ServiceError } from './service-error.js';

// Below the range from which Linux (32768…) and macOS (49152…) take the ports of outgoing connections: a client that keeps
// reconnecting to a stopped server on such a port can end up connected to itself, and then the server cannot start again.
const RANDOM_PORT_FROM = 20_000;
const RANDOM_PORT_TO = 32_000;

/** True when a server could listen on 127.0.0.1:port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port of `preferred`, else a random free one between 20000 and 31999; never one of `taken`.
 * @param isFree how to find out; a parameter so that specs need no sockets
 */
export async function choosePort(
  preferred: readonly (number | undefined)[],
  taken: readonly number[] = [],
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<number> {
  const mayBeUsed = async (port: number) => !taken.includes(port) && (await isFree(port));
  for (const port of preferred) {
    if (port !== undefined && (await mayBeUsed(port))) return port;
  }
  for (;;) {
    const port = RANDOM_PORT_FROM + Math.floor(Math.random() * (RANDOM_PORT_TO - RANDOM_PORT_FROM));
    if (await mayBeUsed(port)) return port;
  }
}

/** The ports of the last run, by name; empty when there was none. */
export async function readPorts(file: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

export async function writePorts(file: string, ports: Record<string, number>): Promise<void> {
  await writeFile(file, `${JSON.stringify(ports)}\n`);
}

/** Does `start` again, some times, when somebody else took the port between the choice of it and its use. */
export async function withAnotherPort(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3 || !(error instanceof ServiceError && error.code === 'PORT_TAKEN')) throw error;
    }
  }
}
