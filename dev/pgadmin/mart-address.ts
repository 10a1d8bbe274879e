import { z } from 'zod';
import { ServiceError } from '../services/service-error.js';

/** The parts of a connection URL, decoded. */
export interface MartAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** libpq's; undefined when the URL does not say. */
  readonly sslmode?: string;
}

/** @throws ServiceError MART_URL_INVALID, which does not show the URL: it holds a password */
export function parseMartUrl(url: string, origin: string): MartAddress {
  try {
    const { protocol, hostname, port, pathname, username, password, searchParams } = new URL(url.trim());
    const address = {
      // An IPv6 address has brackets in a URL only.
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 5432),
      database: decodeURIComponent(pathname.slice(1)),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      sslmode: searchParams.get('sslmode') ?? undefined,
    };
    if (/^postgres(ql)?:$/.test(protocol) && address.host && address.database && address.user) return address;
  } catch {
    // Not told as the cause, since the parser's error holds the URL.
  }
  throw new ServiceError(
    'MART_URL_INVALID',
    `${origin} is not the address of a mart. It must be postgres://user:password@host:5432/database, ` +
      'special characters in user and password percent-encoded.',
  );
}

/** A line of libpq's password file. For every database of the server, since pgAdmin can connect to each. */
export function passfileLine({ host, port, user, password }: MartAddress): string {
  const escaped = [host, String(port), user, password].map((text) => text.replace(/[\\:]/g, '\\$&'));
  const [first, second, ...rest] = escaped;
  return `${[first, second, '*', ...rest].join(':')}\n`;
}

const definitionsShape = z.object({
  Servers: z.object({ '1': z.looseObject({ ConnectionParameters: z.record(z.string(), z.unknown()) }) }),
});

/**
 * The servers file of pgAdmin for this mart.
 * @param deployed the one of the deployment, from which name and comment are taken
 */
export function serverDefinitions(deployed: unknown, mart: MartAddress, passfile: string): object {
  const server = definitionsShape.parse(deployed).Servers['1'];
  return {
    Servers: {
      '1': {
        ...server,
        Host: mart.host,
        Port: mart.port,
        MaintenanceDB: mart.database,
        DBRestriction: mart.database,
        Username: mart.user,
        ConnectionParameters: {
          ...server.ConnectionParameters,
          ...(mart.sslmode === undefined ? {} : { sslmode: mart.sslmode }),
          passfile,
        },
      },
    },
  };
}
