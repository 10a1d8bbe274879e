import { createRequire } from 'node:module';
import type { ISocketFactory } from 'kafkajs';

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
 */
export function addressesOf(brokers: readonly string[], connectionTimeout = 1000): Addresses {
  const require = createRequire(import.meta.url);
  const connect = (require('kafkajs/src/network/socketFactory.js') as () => ISocketFactory)();
  return {
    brokers: brokers.map((broker) => broker.replace(/^\[.+\]/, (host) => host.replaceAll(':', '-'))),
    socketFactory: (options) => {
      const isConfigured = brokers.map(bare).includes(bare(`${withColons(options.host)}:${options.port}`));
      const socket = connect({ ...options, host: withColons(options.host).replace(/^\[(.+)\]$/, '$1') });
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
