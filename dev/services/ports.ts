import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { ServiceError } from './service-error.js';

// Below the range of outgoing connections (Linux 32768…, macOS 49152…): a client that keeps reconnecting to a stopped server on
// a port in that range can connect to itself, and then the server cannot start.
const RANDOM_PORT_FROM = 20_000;
const RANDOM_PORT_TO = 32_000;

/** True if a server could listen on 127.0.0.1:port now. */
function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port of `preferred`, otherwise a random free port between 20000 and 31999; never one of `taken`.
 * @param isFree checks a port; a parameter so that specs need no sockets
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

/** The ports of the last run, by name; empty if there was none. */
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

/** Repeats `start` a few times if another program took the chosen port first. */
export async function withAnotherPort(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3 || !(error instanceof ServiceError && error.code === 'PORT_TAKEN')) throw error;
    }
  }
}
