import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Connection, type ConnectionConfig } from 'pg';
import type { DatabaseTls, SslMode } from '../config/database-tls.js';
import { sqlStateOf } from './sql-state.js';
import { databaseTlsOptions } from './tls-options.js';

/** The parts of pg's Connection that its types leave out. */
interface OpenConnection extends Connection {
  stream: Socket;
  _connecting: boolean;
  _ending: boolean;
  attachListeners(stream: Socket): void;
  requestSsl(): void;
}

type Method = 'tls' | 'clear';

const METHODS: Readonly<Partial<Record<SslMode, readonly Method[]>>> = {
  disable: ['clear'],
  allow: ['clear', 'tls'],
  prefer: ['tls', 'clear'],
};

/** The server has no entry in pg_hba.conf for a connection with, or without, TLS. */
const REFUSED_BY_HBA = '28000';

const SASL_PLUS = 'SCRAM-SHA-256-PLUS';
/** An outage as well: a proxy whose server is down does the same. */
const NO_ANSWER =
  'Connection terminated without an answer. If this repeats, the server is not PostgreSQL: correct host and port in DATABASE_URL';
const BINDING = 'channel_binding=require, but the server does not prove that it holds its certificate';

/** The first byte of a valid response to a startup message: authentication request, error or protocol negotiation. */
const ANSWERS = ['R', 'E', 'v'].map((letter) => letter.charCodeAt(0));
const TLS_ALERT = 0x15;

/**
 * A connection that uses TLS as libpq does. pg itself knows only connections with and without TLS, gives some values of sslmode another
 * meaning, and reads certificates only once. So pg is told that the connection is in clear, and gets a socket that is ready.
 */
export class SecureConnection extends Connection {
  private target: { readonly port: number; readonly host: string } | { readonly path: string } = { path: '' };
  private methods: readonly Method[] = [];
  private tlsError: Error | undefined;
  private isAnswered = false;
  private isLoggedIn = false;
  private isBound = false;

  constructor(
    private readonly tls: DatabaseTls,
    private readonly options: Pick<ConnectionConfig, 'keepAlive'> & { keepAliveInitialDelayMillis?: number } = {},
  ) {
    super({});
  }

  /** Called by pg: with the path of a socket, which never has TLS, or with port and host. */
  connect(portOrPath: number | string, host?: string): void {
    this.open._connecting = true;
    const isPath = host === undefined;
    this.target = isPath ? { path: String(portOrPath) } : { port: Number(portOrPath), host };
    this.methods = isPath ? ['clear'] : (METHODS[this.tls.mode] ?? ['tls']);
    this.tryNext();
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'errorMessage' && this.isRefusedByHba(args[0])) {
      this.fail(this.open.stream, args[0] as Error);
      return true;
    }
    if (this.tls.channelBinding === 'require' && !this.isLoggedIn) {
      if (event === 'authenticationSASL') {
        this.isBound = (args[0] as { mechanisms: string[] }).mechanisms.includes(SASL_PLUS);
      }
      if (/^authentication/.test(String(event)) && !this.isBound) {
        this.open.stream.destroy();
        return super.emit('error', new Error(BINDING));
      }
    }
    if (event === 'authenticationOk') this.isLoggedIn = true;
    return super.emit(event, ...args);
  }

  private get open(): OpenConnection {
    return this as unknown as OpenConnection;
  }

  private get host(): string {
    return 'host' in this.target ? this.target.host : '';
  }

  private isRefusedByHba(error: unknown): boolean {
    return !this.isLoggedIn && sqlStateOf(error) === REFUSED_BY_HBA;
  }

  private tryNext(): void {
    const [method, ...others] = this.methods;
    this.methods = others;
    const socket = connectTcp(this.target);
    this.use(socket);
    socket.setNoDelay(true);
    socket.once('connect', () => {
      if (this.options.keepAlive) socket.setKeepAlive(true, this.options.keepAliveInitialDelayMillis ?? 0);
      if (method === 'clear') this.start(socket);
      else if (this.tls.isDirect) this.encrypt(socket);
      else this.askForTls(socket);
    });
  }

  /** Reports what happens to this socket, as long as it is the one in use. */
  private use(socket: Socket): void {
    this.open.stream = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isExpected = this.open._ending && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (!isExpected) this.fail(socket, error);
    });
    socket.on('close', () => {
      if (socket !== this.open.stream) return;
      if (!this.isAnswered && !this.open._ending) super.emit('error', new Error(NO_ANSWER));
      super.emit('end');
    });
  }

  private askForTls(socket: Socket): void {
    this.open.requestSsl();
    socket.once('data', (answer: Buffer) => {
      this.isAnswered = true;
      const text = answer.toString('latin1');
      if (text === 'S') this.encrypt(socket);
      else if (text === 'N' && this.methods[0] === 'clear') this.start(socket);
      else if (text === 'N') this.fail(socket, new Error('The server does not support SSL connections'));
      else if (text.startsWith('S'))
        this.fail(socket, new Error('The server sent data in clear before the start of TLS'));
      else this.fail(socket, notPostgres(answer));
    });
  }

  private encrypt(socket: Socket): void {
    let secure: TLSSocket;
    try {
      const name = isIP(this.host) === 0 ? { servername: this.host } : {};
      secure = connectTls({ ...databaseTlsOptions(this.tls), socket, host: this.host, ...name });
    } catch (error) {
      this.fail(socket, error as Error);
      return;
    }
    this.use(secure);
    secure.once('secureConnect', () => {
      if (!this.tls.isDirect || secure.alpnProtocol === 'postgresql') this.start(secure);
      else this.fail(secure, notPostgres(Buffer.of(TLS_ALERT)));
    });
  }

  /** Hands the socket to pg, which sends the startup message. */
  private start(socket: Socket): void {
    socket.once('data', (answer: Buffer) => {
      this.isAnswered = true;
      if (!ANSWERS.includes(answer[0]!)) this.fail(socket, notPostgres(answer));
    });
    this.open.attachListeners(socket);
    super.emit('connect');
  }

  private fail(socket: Socket, error: Error): void {
    if (socket !== this.open.stream) return;
    if ('encrypted' in socket) this.tlsError ??= error;
    if (this.isLoggedIn || this.open._ending || this.methods.length === 0 || isOutage(error)) {
      // Of two attempts, the one with TLS says more: the server speaks TLS, and the other only says that it is needed.
      const reported = this.isLoggedIn ? error : (this.tlsError ?? error);
      this.isAnswered = true;
      super.emit(sqlStateOf(reported) === undefined ? 'error' : 'errorMessage', reported);
      socket.destroy();
      return;
    }
    this.tryNext();
    socket.destroy();
  }
}

/** No other method helps while the host cannot be reached. */
function isOutage(error: Error): boolean {
  return (
    (error as NodeJS.ErrnoException).syscall === 'connect' || (error as NodeJS.ErrnoException).syscall === 'getaddrinfo'
  );
}

function notPostgres(answer: Buffer): Error {
  if (answer[0] === TLS_ALERT) return new Error('The server speaks TLS, but not the protocol of PostgreSQL');
  const isHttp = answer.toString('latin1').startsWith('HTTP/');
  return new Error(`The server speaks ${isHttp ? 'HTTP' : 'another protocol'}, not the protocol of PostgreSQL`);
}
