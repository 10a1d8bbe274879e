import { connect, type Socket } from 'node:net';
import { connect as connectByTls } from 'node:tls';

/** What a listener expects of its clients: a login, or none. */
export type ListenerKind = 'login' | 'open';

const ANSWER_WITHIN_MS = 2000;
const SASL_HANDSHAKE = 17;
/** The listener has logins, but not by the mechanism of the request. */
const UNSUPPORTED_SASL_MECHANISM = 33;
/** Size, correlation id and error code. */
const ANSWER_BYTES = 10;

/**
 * Sends one request of Kafka's protocol that holds no secret, so that no certificate is checked.
 *
 * @param address host:port; an IPv6 host in brackets
 * @returns undefined if the listener does not answer, for example because only one side uses TLS
 */
export function listenerKind(address: string, tls: boolean): Promise<ListenerKind | undefined> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  const to = { host, port: Number(port) };
  const socket: Socket = tls ? connectByTls({ ...to, rejectUnauthorized: false }) : connect(to);
  return new Promise((resolve) => {
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(undefined));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(saslHandshake('NONE')));
    socket.once('data', (answer) => {
      if (isAnswer(answer)) resolve(answer.readInt16BE(8) === UNSUPPORTED_SASL_MECHANISM ? 'login' : 'open');
      socket.destroy();
    });
  });
}

/** A broker with TLS answers with an alert instead, which begins with other bytes. */
function isAnswer(data: Buffer): boolean {
  return data.length >= ANSWER_BYTES && data.readInt32BE(0) === data.length - 4;
}

/** Version 1, for a mechanism that no broker has. */
function saslHandshake(mechanism: string): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32BE(12 + mechanism.length, 0);
  header.writeInt16BE(SASL_HANDSHAKE, 4);
  header.writeInt16BE(1, 6);
  header.writeInt16BE(-1, 12); // no client id
  header.writeInt16BE(mechanism.length, 14);
  return Buffer.concat([header, Buffer.from(mechanism)]);
}
