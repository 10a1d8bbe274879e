import { once } from 'node:events';
import { createServer, connect, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** A TCP port that leads to a server elsewhere, and that a test can close without stopping the server for others. */
export class Door {
  #server?: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;

  constructor(
    /** Where the server listens; a path for a Unix socket. */
    private readonly target: NetConnectOpts,
    readonly port: number,
  ) {}

  async open(): Promise<void> {
    const server = createServer((inner) => {
      const outer = connect(this.target);
      for (const socket of [inner, outer]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          inner.destroy();
          outer.destroy();
        });
      }
      if (!this.#silent) inner.pipe(outer).pipe(inner);
    });
    this.#server = server;
    this.#silent = false;
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
  }

  /** From now on the server seems to be there and says nothing, on old and new connections. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.unpipe();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = undefined;
  }
}
