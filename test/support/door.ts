import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A port that nobody listens on. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A TCP door to a server, so that a test can take the server away without stopping it for others. */
export class Door {
  #server?: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;

  constructor(
    private readonly host: string,
    private readonly target: number,
    readonly port: number,
  ) {}

  async open(): Promise<void> {
    const server = createServer((inner) => {
      const outer = connect(this.target, this.host);
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
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
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
