import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { BROKER_SPEAKS_TLS } from './security/kafka-fault.js';

/** The client options that say where the brokers are. */
export interface Addresses {
  readonly brokers: string[];
  readonly socketFactory: ISocketFactory;
}

/** Ends a connection attempt before kafkajs does, because its error does not say why. */
const SHARE_OF_TIMEOUT = 0.9;

/**
 * Works around two gaps in kafkajs: it splits an address at its first colon, so it cannot read IPv6 addresses; and when it cannot reach
 * a broker, it does not say that the address is one that the broker itself advertised.
 *
 * @param brokers as host:port; IPv6 hosts in brackets
 * @param tls options for one connection, asked for each; undefined without TLS
 */
export function addressesOf(
  brokers: readonly string[],
  connectionTimeout = 1000,
  tls: () => ConnectionOptions | undefined = () => undefined,
): Addresses {
  const require = createRequire(import.meta.url);
  const connect = (require('kafkajs/src/network/socketFactory.js') as () => ISocketFactory)();
  return {
    brokers: brokers.map((broker) => broker.replace(/^\[.+\]/, (host) => host.replaceAll(':', '-'))),
    socketFactory: (options) => {
      const isConfigured = brokers.map(bare).includes(bare(`${withColons(options.host)}:${options.port}`));
      const ssl = tls();
      const host = withColons(options.host).replace(/^\[(.+)\]$/, '$1');
      const socket = connect({ ...options, host, ssl: ssl as typeof options.ssl });
      if (ssl === undefined) failOnTls(socket);
      if (isConfigured) return socket;

      const timer = setTimeout(
        () => socket.destroy(new Error(`no answer from ${options.host}:${options.port}`)),
        connectionTimeout * SHARE_OF_TIMEOUT,
      ).unref();
      // Registered before kafkajs' listener, which copies this message into its own error.
      socket.once('error', (error) => {
        if (socket.bytesRead === 0) error.message += adviceFor(options.host, options.port);
      });
      for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
      return socket;
    },
  };
}

/** A client without TLS would take the alert of a broker with TLS for the length of an answer, and wait for the rest. */
function failOnTls(socket: Socket): void {
  socket.prependOnceListener('data', (data) => {
    const [type, major] = data;
    if ((type === 0x15 || type === 0x16) && major === 0x03) socket.destroy(new Error(BROKER_SPEAKS_TLS));
  });
}

function adviceFor(host: string, port: number): string {
  return (
    ` (${host}:${port} is not in KAFKA_BROKERS; a broker advertises it. If the broker is up, set its ` +
    'advertised.listeners to an address that is reachable from here)'
  );
}

/** Turns `[--1]`, as passed to kafkajs, back into `[::1]`. */
function withColons(host: string): string {
  return host.startsWith('[') ? host.replaceAll('-', ':') : host;
}

function bare(address: string): string {
  return address.replace(/[[\]]/g, '');
}
