import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { close, listen, originOf } from '../http-server.js';

/** Answers a request itself instead of passing it on. @returns whether it did */
export type Interception = (path: string, response: ServerResponse) => boolean;

/** A proxy before the gateway that removes a path prefix, as an Ingress does, and counts what the gateway is asked for. */
export class PageProxy {
  /** Paths that the gateway was asked for, without the prefix, in order. */
  readonly asked: string[] = [];
  intercept: Interception = () => false;
  private readonly server: Server;

  private constructor(
    private readonly gateway: string,
    private readonly prefix: string,
  ) {
    this.server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));
  }

  /** @param prefix for example `/pipeline/live`; empty for none */
  static async start(gateway: string, prefix = ''): Promise<PageProxy> {
    const proxy = new PageProxy(gateway, prefix);
    await listen(proxy.server);
    return proxy;
  }

  /** Address of the page. */
  get url(): string {
    return `${this.origin}${this.prefix}/`;
  }

  get origin(): string {
    return originOf(this.server);
  }

  close(): Promise<void> {
    return close(this.server);
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const url = incoming.url ?? '/';
    if (!url.startsWith(`${this.prefix}/`)) {
      outgoing.writeHead(404).end(`outside of ${this.prefix}/`);
      return;
    }
    const path = url.slice(this.prefix.length);
    this.asked.push(path);
    if (this.intercept(path, outgoing)) return;
    const { headers, method } = incoming;
    const passed = request(this.gateway + path, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    passed.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    });
    // The browser closed the stream.
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }
}
