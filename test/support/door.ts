import { once } from 'node:events';
import { createServer, connect, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What of a connection still gets through: nothing, what clients send, or what the server sends. */
export type Passage = 'nothing' | 'requests' | 'answers';

interface Connection {
  readonly inner: Socket;
  readonly outer: Socket;
  passage: Passage | 'all';
}

/** A TCP port that leads to a server elsewhere, and that a test can close or impair without stopping the server for others. */
export class Door {
  /** Milliseconds that each piece of data takes in either direction. */
  delay: (() => number) | undefined;
  /** Makes of what the server sends what the client gets; a test may change it at any time. */
  rewrite: (fromServer: Buffer) => Buffer = (fromServer) => fromServer;
  #server?: Server;
  readonly #connections = new Set<Connection>();
  #silent = false;

  constructor(
    /** Where the server listens; a path for a Unix socket. */
    private readonly target: NetConnectOpts,
    readonly port: number,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async open(): Promise<void> {
    const server = createServer({ noDelay: true }, (inner) => this.#join(inner));
    this.#server = server;
    this.#silent = false;
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
  }

  /** From now on the server seems to be there and says nothing, on old and new connections. */
  silence(): void {
    this.#silent = true;
    this.forget();
  }

  /** As a load balancer after a failover: connections of before stay open and acknowledge what they swallow; new ones work. */
  forget(stillThrough: Passage = 'nothing'): void {
    for (const connection of this.#connections) connection.passage = stillThrough;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    for (const { inner } of this.#connections) inner.destroy();
    await closed;
    this.#server = undefined;
  }

  #join(inner: Socket): void {
    const outer = connect({ noDelay: true, ...this.target });
    const connection: Connection = { inner, outer, passage: this.#silent ? 'nothing' : 'all' };
    this.#connections.add(connection);
    for (const socket of [inner, outer]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#connections.delete(connection);
        inner.destroy();
        outer.destroy();
      });
    }
    void this.#forward(inner, outer, () => /all|requests/.test(connection.passage));
    void this.#forward(
      outer,
      inner,
      () => /all|answers/.test(connection.passage),
      (data) => this.rewrite(data),
    );
  }

  async #forward(from: Socket, to: Socket, isOpen: () => boolean, rewrite = (data: Buffer) => data): Promise<void> {
    let arrived = Promise.resolve();
    const deliver = async (data: Buffer, before: Promise<void>, dueIn: number): Promise<void> => {
      await Promise.all([before, dueIn > 0 && sleep(dueIn, undefined, { ref: false })]);
      if (to.writable && !to.write(data)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    };
    try {
      for await (const data of from as AsyncIterable<Buffer>) {
        if (!isOpen()) continue;
        const dueIn = this.delay?.() ?? 0;
        arrived = deliver(rewrite(data), arrived, dueIn);
        if (dueIn === 0) await arrived;
      }
      await arrived;
      if (isOpen()) to.end();
    } catch {
      // Closed by one of both, which `close` hears.
    }
  }
}
