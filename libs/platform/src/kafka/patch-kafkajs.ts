import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { isDenied } from './security/missing-right.js';

interface Connection {
  readonly socket?: Socket;
  readonly requestTimeout: number;
  /** Handlers of the request sent by `sendAuthRequest`. */
  readonly authHandlers: { readonly onError: () => void } | null;
  readonly requestQueue: RequestQueue;
  send: (this: Connection, request: object) => Promise<unknown>;
  sendAuthRequest: (this: Connection, request: object) => Promise<unknown>;
  processData: (this: Connection, data: Buffer) => void;
}

interface RequestQueue {
  /** By correlation id, in the order of sending, which is also the order of the responses. */
  readonly inflight: ReadonlyMap<number, { sentAt: number }>;
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

interface RequestTimeout extends Error {
  readonly correlationId: number;
}

interface BrokerPool {
  withBroker: <T>(this: BrokerPool, callback: (context: object) => Promise<T>) => Promise<T | null>;
}

type Class<T> = { readonly prototype: T };

let isPatched = false;

/**
 * Fixes four bugs of kafkajs 2.2.4 for every client in the process. package-lock.json pins the version; a newer one may not need
 * this. Calling it again has no effect.
 *
 * - After a request times out, kafkajs keeps using its connection. Behind a load balancer that acknowledges packets of a connection it
 *   has forgotten, a client retries forever. The patch closes the connection, so that the retry opens a new one.
 * - A login to a broker older than Kafka 1.0 has no timeout: on such a connection it waits forever.
 * - A request that may go to any broker, such as the one for a group's coordinator, loses its error: kafkajs asks the next broker and
 *   then says that there is no coordinator, or throws a TypeError. The patch throws the denial of a user without rights.
 * - The request queue sets a timer after every response even if it is empty, with a negative delay, which Node.js 24 warns about.
 */
export function patchKafkajs(): void {
  if (isPatched) return;
  isPatched = true;
  const require = createRequire(import.meta.url);
  const connection = require('kafkajs/src/network/connection.js') as Class<Connection>;
  closeWhenSilent(connection);
  limitLogin(connection);
  keepDenials(require('kafkajs/src/cluster/brokerPool.js') as Class<BrokerPool>);
  skipNeedlessTimers(require('kafkajs/src/network/requestQueue/index.js') as Class<RequestQueue>);
}

function closeWhenSilent({ prototype }: Class<Connection>): void {
  const { send, processData } = prototype;

  prototype.send = async function (request) {
    try {
      return await send.call(this, request);
    } catch (error) {
      if (isTimeout(error) && !hasOlder(this, error)) this.socket?.destroy(new Error(error.message));
      throw error;
    }
  };

  // Any data restarts the timeout of the requests in flight, because a large response over a slow line is not silence.
  prototype.processData = function (data) {
    const now = Date.now();
    for (const request of this.requestQueue.inflight.values()) request.sentAt = now;
    processData.call(this, data);
  };
}

function limitLogin({ prototype }: Class<Connection>): void {
  const { sendAuthRequest } = prototype;

  prototype.sendAuthRequest = async function (request) {
    const { requestTimeout } = this;
    const timer = setTimeout(() => {
      const why = new Error(`no answer to the login for ${requestTimeout} ms`);
      this.authHandlers?.onError();
      this.socket?.destroy(why);
    }, requestTimeout);
    try {
      return await sendAuthRequest.call(this, request);
    } finally {
      clearTimeout(timer);
    }
  };
}

function keepDenials({ prototype }: Class<BrokerPool>): void {
  const { withBroker } = prototype;

  prototype.withBroker = async function <T>(callback: (context: object) => Promise<T>) {
    let denial: Error | undefined;
    const result = await withBroker.call(this, (context) =>
      callback(context).catch((error: Error) => {
        if (isDenied(error, 'topic') || isDenied(error, 'group')) denial = error;
        throw error;
      }),
    );
    if (result === null && denial !== undefined) throw denial;
    return result as T | null;
  };
}

function isTimeout(error: unknown): error is RequestTimeout {
  return (error as Error).name === 'KafkaJSRequestTimeoutError';
}

/** Whether an older request, such as JoinGroup, may legitimately take longer and delay the responses behind it. */
function hasOlder({ requestQueue }: Connection, { correlationId }: RequestTimeout): boolean {
  const [oldest] = requestQueue.inflight.keys();
  return oldest !== undefined && oldest < correlationId;
}

function skipNeedlessTimers({ prototype }: Class<RequestQueue>): void {
  const { scheduleCheckPendingRequests } = prototype;

  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}
