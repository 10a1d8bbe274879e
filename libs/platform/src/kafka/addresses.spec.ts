import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { addressesOf } from './addresses.js';

describe('addressesOf', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((socket) => socket.end('hello'));
    await once(server.listen(0, '::1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** Splits a broker address as kafkajs does. */
  const parts = (broker: string) => ({ host: broker.split(':')[0]!, port: Number(broker.split(':')[1]) });
  const open = (configured: string[], { host, port }: { host: string; port: number }) =>
    addressesOf(configured).socketFactory({ host, port, ssl: undefined as never, onConnect: () => undefined });

  it('connects kafkajs to IPv6 addresses', async () => {
    const configured = [`[::1]:${port}`, 'kafka:9092'];
    const { brokers } = addressesOf(configured);
    expect(brokers[1]).toBe('kafka:9092');
    const [data] = (await once(open(configured, parts(brokers[0]!)), 'data')) as [Buffer];
    expect(String(data)).toBe('hello');
  });

  it('explains an unreachable address that a broker advertises, but not a configured one', async () => {
    const advertised = open(['kafka:9092'], { host: '127.0.0.1', port: 1 });
    const [error] = (await once(advertised, 'error', { signal: AbortSignal.timeout(5000) }).catch((e: Error) => [
      e,
    ])) as [Error];
    expect(error.message).toMatch(
      /ECONNREFUSED.*127\.0\.0\.1:1 is not in KAFKA_BROKERS; a broker advertises it.*advertised\.listeners/,
    );
    const configured = open(['127.0.0.1:1'], { host: '127.0.0.1', port: 1 });
    const [other] = (await once(configured, 'error').catch((e: Error) => [e])) as [Error];
    expect(other.message).not.toMatch(/KAFKA_BROKERS/);
  });
});
