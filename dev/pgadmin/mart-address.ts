import { z } from 'zod';
import { parametersOf, TLS_PARAMETERS } from '#platform/config/database-tls.js';
import { ServiceError } from '../services/service-error.js';

/** A connection URL, parsed and decoded. */
export interface MartAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Parameters of TLS, as libpq takes them. */
  readonly tls: Readonly<Record<string, string>>;
}

/** @throws ServiceError MART_URL_INVALID, without the URL, which holds a password */
export function parseMartUrl(url: string, origin: string): MartAddress {
  try {
    const { protocol, hostname, port, pathname, username, password } = new URL(url.trim());
    const address = {
      // Only a URL puts brackets around an IPv6 address.
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 5432),
      database: decodeURIComponent(pathname.slice(1)),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      tls: tlsParametersOf(url.trim()),
    };
    if (/^postgres(ql)?:$/.test(protocol) && address.host && address.database && address.user) return address;
  } catch {
    // No cause: the parser's error holds the URL.
  }
  throw new ServiceError(
    'MART_URL_INVALID',
    `${origin} is not the address of a mart. It must be postgresql://user:password@host:5432/database, ` +
      'special characters in user and password percent-encoded.',
  );
}

/** `ssl` and `no-verify` are forms that only pg knows. */
function tlsParametersOf(url: string): Record<string, string> {
  const { ssl, ...tls } = Object.fromEntries([...parametersOf(url)].filter(([name]) => TLS_PARAMETERS.includes(name)));
  const sslmode = tls['sslmode'] ?? (ssl === undefined ? undefined : ssl.replace(/^(true|1)$/, 'require'));
  if (sslmode === undefined) return tls;
  return { ...tls, sslmode: sslmode.replace('no-verify', 'require').replace(/^(false|0)$/, 'disable') };
}

/** A line of libpq's password file. It covers every database of the server, because pgAdmin can connect to each. */
export function passfileLine({ host, port, user, password }: MartAddress): string {
  const escaped = [host, String(port), user, password].map((text) => text.replace(/[\\:]/g, '\\$&'));
  const [first, second, ...rest] = escaped;
  return `${[first, second, '*', ...rest].join(':')}\n`;
}

const definitionsShape = z.object({
  Servers: z.object({ '1': z.looseObject({ ConnectionParameters: z.record(z.string(), z.unknown()) }) }),
});

/**
 * pgAdmin's servers file for this mart.
 * @param deployed the servers file of the deployment, which provides name and comment
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
          ...mart.tls,
          passfile,
        },
      },
    },
  };
}
