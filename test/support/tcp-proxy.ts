import { once } from 'node:events';
import { createServer, connect, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an impaired connection still forwards: nothing, the client's requests, or the server's answers. */
export type Passage = 'nothing' | 'requests' | 'answers';

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  passage: Passage | 'all';
}

/** Forwards a local TCP port to a server. A test can close or impair it while the server stays up for other clients. */
export class TcpProxy {
  /** Delays each chunk by this many milliseconds, in both directions. */
  delay: (() => number) | undefined;
  /** Changes what the server sends before the client gets it. May be replaced at any time. */
  rewrite: (fromServer: Buffer) => Buffer = (fromServer) => fromServer;
  private server?: Server;
  private readonly connections = new Set<Connection>();
  private silent = false;

  constructor(
    /** Address of the server, or the path of a Unix socket. */
    private readonly target: NetConnectOpts,
    readonly port: number,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async open(): Promise<void> {
    this.server = createServer({ noDelay: true }, (client) => this.join(client));
    this.silent = false;
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  /** Accepts connections but forwards nothing, on old and new connections. */
  silence(): void {
    this.silent = true;
    this.dropOpenConnections();
  }

  /** Like a load balancer after a failover: open connections stay open but drop data silently; new ones work. */
  dropOpenConnections(passage: Passage = 'nothing'): void {
    for (const connection of this.connections) connection.passage = passage;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    for (const { client } of this.connections) client.destroy();
    await closed;
    this.server = undefined;
  }

  private join(client: Socket): void {
    const server = connect({ noDelay: true, ...this.target });
    const connection: Connection = { client, server, passage: this.silent ? 'nothing' : 'all' };
    this.connections.add(connection);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.connections.delete(connection);
        client.destroy();
        server.destroy();
      });
    }
    void this.forward(client, server, () => /all|requests/.test(connection.passage));
    void this.forward(
      server,
      client,
      () => /all|answers/.test(connection.passage),
      (data) => this.rewrite(data),
    );
  }

  private async forward(
    from: Socket,
    to: Socket,
    isOpen: () => boolean,
    rewrite = (data: Buffer) => data,
  ): Promise<void> {
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
      // One side has closed; the `close` handler cleans up.
    }
  }
}
