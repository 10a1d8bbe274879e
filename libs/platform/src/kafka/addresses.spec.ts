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

  /** What kafkajs makes of the address of a broker. */
  const parts = (broker: string) => ({ host: broker.split(':')[0]!, port: Number(broker.split(':')[1]) });
  const open = (given: string[], { host, port }: { host: string; port: number }) =>
    addressesOf(given).socketFactory({ host, port, ssl: undefined as never, onConnect: () => undefined });

  it('leads kafkajs to IPv6 addresses', async () => {
    const given = [`[::1]:${port}`, 'kafka:9092'];
    const { brokers } = addressesOf(given);
    expect(brokers[1]).toBe('kafka:9092');
    const [data] = (await once(open(given, parts(brokers[0]!)), 'data')) as [Buffer];
    expect(String(data)).toBe('hello');
  });

  it('says of an address that the broker gave that it did, and not of one that was configured', async () => {
    const advertised = open(['kafka:9092'], { host: '127.0.0.1', port: 1 });
    const [error] = (await once(advertised, 'error', { signal: AbortSignal.timeout(5000) }).catch((e: Error) => [
      e,
    ])) as [Error];
    expect(error.message).toMatch(/ECONNREFUSED.*127\.0\.0\.1:1 is not in KAFKA_BROKERS but.*advertised\.listeners/);
    const configured = open(['127.0.0.1:1'], { host: '127.0.0.1', port: 1 });
    const [other] = (await once(configured, 'error').catch((e: Error) => [e])) as [Error];
    expect(other.message).not.toMatch(/KAFKA_BROKERS/);
  });
});
