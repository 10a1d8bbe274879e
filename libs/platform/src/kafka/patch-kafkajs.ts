import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

interface Connection {
  readonly socket?: Socket;
  readonly requestTimeout: number;
  /** Of what waits for the answer to `sendAuthRequest`. */
  readonly authHandlers: { readonly onError: () => void } | null;
  readonly requestQueue: RequestQueue;
  send: (this: Connection, request: object) => Promise<unknown>;
  sendAuthRequest: (this: Connection, request: object) => Promise<unknown>;
  processData: (this: Connection, data: Buffer) => void;
}

interface RequestQueue {
  /** By correlation id, in the order in which they were sent, which is the order in which a broker answers. */
  readonly inflight: ReadonlyMap<number, { sentAt: number }>;
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

interface RequestTimeout extends Error {
  readonly correlationId: number;
}

type Class<T> = { readonly prototype: T };

let isPatched = false;

/**
 * Mends three faults of kafkajs 2.2.4 for every client in the process. package-lock.json pins the version; a newer one may not need
 * this any more. Safe to call again.
 *
 * - A request that times out leaves its connection open, and the next one is sent into it as well. Behind a load balancer that
 *   acknowledges and has forgotten the connection, a client repeats for ever. Here the connection is closed, so that the
 *   repetition opens a new one.
 * - A login at a broker before Kafka 1.0 has no time limit: it waits for ever on such a connection.
 * - The request queue sets a timer after every answer even when nothing waits in it: for a negative time, of which Node 24 warns.
 */
export function patchKafkajs(): void {
  if (isPatched) return;
  isPatched = true;
  const require = createRequire(import.meta.url);
  const connection = require('kafkajs/src/network/connection.js') as Class<Connection>;
  closeWhenSilent(connection);
  limitLogin(connection);
  setTimersThatAreNeeded(require('kafkajs/src/network/requestQueue/index.js') as Class<RequestQueue>);
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

  // A large answer over a slow line is no silence: whatever arrives gives the requests in flight their time anew.
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

function isTimeout(error: unknown): error is RequestTimeout {
  return (error as Error).name === 'KafkaJSRequestTimeoutError';
}

/** One that may rightly take longer, such as JoinGroup: the answer to what was sent after it waits behind it. */
function hasOlder({ requestQueue }: Connection, { correlationId }: RequestTimeout): boolean {
  const [oldest] = requestQueue.inflight.keys();
  return oldest !== undefined && oldest < correlationId;
}

function setTimersThatAreNeeded({ prototype }: Class<RequestQueue>): void {
  const { scheduleCheckPendingRequests } = prototype;

  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}
