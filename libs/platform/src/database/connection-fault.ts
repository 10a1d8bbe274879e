import { messageOf } from '../errors/message-of.js';
import { sqlStateOf } from './sql-state.js';

/** What to do, by SQLSTATE of a login that was refused. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01':
    'Correct user and password in DATABASE_URL; special characters of a password are percent-encoded there (% as %25, # as %23, / as %2F). The role messaging_app is made by mart-init',
  '28000':
    'Correct the user in DATABASE_URL, or let this user and address in: pg_hba.conf, and ALTER ROLE … LOGIN. A server that wants TLS needs sslmode=require in DATABASE_URL',
  '3D000': 'Correct the name in DATABASE_URL, or create the database: CREATE DATABASE …',
};

/** The same, of states that statements have as well: only where the server says so while it lets a client in. */
const REMEDIES_OF_LOGIN: Readonly<Record<string, string>> = {
  '42501': 'Let this user connect: GRANT CONNECT ON DATABASE … TO …',
  '55000': 'Correct the name in DATABASE_URL, or let clients in: ALTER DATABASE … ALLOW_CONNECTIONS true',
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
  const ofLogin = isOfLogin(error) ? REMEDIES_OF_LOGIN[state] : undefined;
  const remedy = REMEDIES[state] ?? ofLogin ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  return remedy === undefined ? undefined : `${message}. ${remedy}.`;
}

/** By PostgreSQL's source file, as its messages come in the language of lc_messages. */
function isOfLogin(error: unknown): boolean {
  return (error as { file?: string } | undefined)?.file === 'postinit.c';
}

/** What an error of the database says, with what to do where a connection is refused for good. */
export function databaseMessageOf(error: unknown): string {
  return connectionFault(error) ?? messageOf(error);
}
