import { messageOf } from '../errors/message-of.js';
import { sqlStateOf } from './sql-state.js';

/** What to do, by SQLSTATE of a login that was refused. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01':
    'Correct user and password in DATABASE_URL; special characters of a password are percent-encoded there (% as %25, # as %23, / as %2F). The role messaging_app is made by mart-init',
  '28000': 'Correct the user in DATABASE_URL, or let this user and address in: pg_hba.conf, and ALTER ROLE … LOGIN',
  '3D000': 'Correct the name in DATABASE_URL, or create the database: CREATE DATABASE …',
  '42501': 'Let this user connect: GRANT CONNECT ON DATABASE … TO …',
};

/** Faults of a login that have no SQLSTATE of their own, by what pg, node or PgBouncer say. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/client password must be a/, 'The server asks for a password: write it into DATABASE_URL'],
  [/does not support SSL/, 'Switch TLS on at the server, or write sslmode=disable into DATABASE_URL'],
  [
    /self-signed certificate|unable to (verify the first|get local issuer) certificate|certificate has expired|Hostname\/IP does not match/,
    'Name the certificate authority of the server by sslrootcert in DATABASE_URL, and the host as its certificate does',
  ],
  [
    /unsupported startup parameter/,
    'Remove options from DATABASE_URL, or name them in ignore_startup_parameters of PgBouncer',
  ],
  [/^no such (user|database)|^auth failed/, 'See DATABASE_URL, and [databases] and auth_file of PgBouncer'],
];

/** What refuses a connection for good, and what to do; undefined for an outage and for any other error. */
export function connectionFault(error: unknown): string | undefined {
  const message = messageOf(error);
  const state = sqlStateOf(error) ?? '';
  // Of a statement, this one is about a table.
  if (state === '42501' && !/for database/.test(message)) return undefined;
  const remedy = REMEDIES[state] ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  return remedy === undefined ? undefined : `${message}. ${remedy}.`;
}

/** What an error of the database says, with what to do where a connection is refused for good. */
export function databaseMessageOf(error: unknown): string {
  return connectionFault(error) ?? messageOf(error);
}
