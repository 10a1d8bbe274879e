import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRequire } from 'node:module';
import { logLevel } from 'kafkajs';
import { mendKafkajs } from './mend-kafkajs.js';

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

mendKafkajs();

describe("kafkajs' queue of requests", () => {
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

  it('sets no timer while nothing waits in it', () => {
    queue.checkPendingRequests();

    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what waits once the broker allows it', () => {
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
