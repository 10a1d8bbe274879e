import { createRequire } from 'node:module';
import type { ISocketFactory } from 'kafkajs';

/** What of a client's options says where the brokers are. */
export interface Addresses {
  readonly brokers: string[];
  readonly socketFactory: ISocketFactory;
}

/** Before kafkajs gives up by itself, with a message that does not say why. */
const SHARE_OF_TIMEOUT = 0.9;

/**
 * Two things that kafkajs lacks: it takes an address apart at its first colon, so it reads no IPv6 address; and where it cannot reach
 * a broker it does not say that the address is one which the broker itself gave.
 *
 * @param brokers as host:port; IPv6 hosts in brackets
 */
export function addressesOf(brokers: readonly string[], connectionTimeout = 1000): Addresses {
  const require = createRequire(import.meta.url);
  const connect = (require('kafkajs/src/network/socketFactory.js') as () => ISocketFactory)();
  return {
    brokers: brokers.map((broker) => broker.replace(/^\[.+\]/, (host) => host.replaceAll(':', '-'))),
    socketFactory: (options) => {
      const isGiven = brokers.map(bare).includes(bare(`${withColons(options.host)}:${options.port}`));
      const socket = connect({ ...options, host: withColons(options.host).replace(/^\[(.+)\]$/, '$1') });
      if (isGiven) return socket;

      const timer = setTimeout(
        () => socket.destroy(new Error(`no answer from ${options.host}:${options.port}`)),
        connectionTimeout * SHARE_OF_TIMEOUT,
      ).unref();
      // The first to listen: kafkajs makes its own error of this message.
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
    ` (${host}:${port} is not in KAFKA_BROKERS but the address that a broker advertises. If the broker is up, set its ` +
    'advertised.listeners to an address that can be reached from here)'
  );
}

/** `[--1]`, as kafkajs knows it, is `[::1]`. */
function withColons(host: string): string {
  return host.startsWith('[') ? host.replaceAll('-', ':') : host;
}

function bare(address: string): string {
  return address.replace(/[[\]]/g, '');
}
