import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { patchKafkajs } from './patch-kafkajs.js';

interface Queue {
  maybeThrottle(milliseconds: number): void;
  push(request: object): void;
  checkPendingRequests(): void;
}

const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as new (options: object) => Queue;
const { createLogger } = require('kafkajs/src/loggers/index.js') as {
  createLogger: (options: object) => { namespace(name: string): object };
};

patchKafkajs();

describe("kafkajs' request queue", () => {
  let queue: Queue;

  beforeEach(() => {
    jest.useFakeTimers();
    const logger = createLogger({ level: logLevel.NOTHING, logCreator: () => () => undefined }).namespace('test');
    queue = new RequestQueue({
      requestTimeout: 1000,
      enforceRequestTimeout: true,
      clientId: 'test',
      broker: 'b:1',
      logger,
    });
  });

  afterEach(() => void jest.useRealTimers());

  it('sets no timer while it is empty', () => {
    queue.checkPendingRequests();

    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends waiting requests once the broker allows it', () => {
    const sendRequest = jest.fn();
    const entry = { correlationId: 1, resolve: jest.fn(), reject: jest.fn() };
    queue.maybeThrottle(300);
    queue.push({ entry, expectResponse: true, sendRequest });
    jest.advanceTimersByTime(299);
    expect(sendRequest).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);

    expect(sendRequest).toHaveBeenCalledTimes(1);
  });
});

describe("kafkajs' login", () => {
  /** A broker that sends the given responses, and then stays silent. */
  async function brokerThat(answers: readonly Buffer[]) {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      let answered = 0;
      sockets.push(socket.on('error', () => undefined));
      socket.on('data', (request) => {
        const answer = answers[answered++];
        if (answer === undefined) return;
        const header = Buffer.alloc(8);
        header.writeInt32BE(answer.length + 4);
        request.copy(header, 4, 8, 12); // the correlation id
        socket.write(Buffer.concat([header, answer]));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { port: (server.address() as AddressInfo).port, sockets, close: () => server.close() };
  }

  /** ApiVersions: only SaslHandshake, version 0. */
  const versions = Buffer.from([...[0, 0], ...[0, 0, 0, 2], ...[0, 17, 0, 0, 0, 0], ...[0, 18, 0, 0, 0, 0]]);
  const handshake = Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 1, 0, 5]), Buffer.from('PLAIN')]);

  it.each([
    ['the handshake', [versions]],
    ['the login', [versions, handshake]],
  ])('gives up a broker that does not answer %s, and closes the connection', async (_, answers) => {
    const broker = await brokerThat(answers);
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${broker.port}`],
      sasl: { mechanism: 'plain', username: 'u', password: 'p' },
      requestTimeout: 200,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    });
    const admin = kafka.admin();
    try {
      await expect(admin.connect()).rejects.toThrow();
      const [socket] = broker.sockets;
      if (!socket!.closed) await once(socket!, 'close');
    } finally {
      await admin.disconnect();
      broker.close();
    }
  });
});
