import { createServer, type RequestListener, type Server } from 'node:http';

export interface ClientLimits {
  /** How long a client may take to send the header of a request, and a whole request. A client that sends nothing counts too. */
  readonly headerMs: number;
  readonly requestMs: number;
  /** How long a client may read nothing of a response that has begun. An event stream lifts the limit. */
  readonly readMs: number;
  /** How often the first two are checked. */
  readonly checkMs: number;
  /** Further connections are closed at once. */
  readonly connections: number;
}

/** Probes, scrapers and browsers need milliseconds; a slow network needs seconds. */
const CLIENT_LIMITS: ClientLimits = {
  headerMs: 10_000,
  requestMs: 30_000,
  readMs: 30_000,
  checkMs: 5000,
  connections: 1000,
};

/** A server that slow clients cannot occupy. Node's own limits are 60 s and 300 s, checked every 30 s, and any number of connections. */
export function createLimitedServer(listener: RequestListener, limits = CLIENT_LIMITS): Server {
  const options = {
    headersTimeout: limits.headerMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
  };
  const server = createServer(options, (request, response) => {
    // Not earlier: a slow query sends nothing for longer. Not later: a compressed body or a file is sent in pieces.
    const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => typeof response;
    response.writeHead = (...head: unknown[]) => {
      request.socket.setTimeout(limits.readMs);
      return writeHead(...head);
    };
    listener(request, response);
  });
  server.maxConnections = limits.connections;
  return server;
}
