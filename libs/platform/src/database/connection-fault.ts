import { messageOf } from '../errors/message-of.js';
import { sqlStateOf } from './sql-state.js';

/** What to do about a refused login, by SQLSTATE. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01':
    'Correct user and password in DATABASE_URL; special characters of the password must be percent-encoded (% as %25, # as %23, / as %2F). mart-init creates the role messaging_app',
  '28000':
    'Correct the user in DATABASE_URL, or allow this user and address in pg_hba.conf and by ALTER ROLE … LOGIN. A server that requires TLS needs sslmode=require in DATABASE_URL',
  '3D000': 'Correct the name in DATABASE_URL, or create the database: CREATE DATABASE …',
};

/** The same for SQLSTATEs that statements can have too: they apply only if the server reports them during login. */
const REMEDIES_OF_LOGIN: Readonly<Record<string, string>> = {
  '42501': 'Allow this user to connect: GRANT CONNECT ON DATABASE … TO …',
  '55000': 'Correct the name in DATABASE_URL, or allow connections: ALTER DATABASE … ALLOW_CONNECTIONS true',
};

/** Login errors without a specific SQLSTATE, by the message of pg, Node.js or PgBouncer. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/client password must be a/, 'The server requires a password: add it to DATABASE_URL'],
  [/does not support SSL/, 'Enable TLS on the server, or set sslmode=disable in DATABASE_URL'],
  [
    /self-signed certificate|unable to (verify the first|get local issuer) certificate|certificate has expired|Hostname\/IP does not match/,
    'Name the certificate authority of the server with sslrootcert in DATABASE_URL, and use the host name of its certificate',
  ],
  [
    /unsupported startup parameter/,
    'Remove options from DATABASE_URL, or add the parameter to ignore_startup_parameters of PgBouncer',
  ],
  [/^no such (user|database)|^auth failed/, 'Check DATABASE_URL, and [databases] and auth_file of PgBouncer'],
];

/** Why a connection is refused for good and what to do about it; undefined for an outage and for any other error. */
export function connectionFault(error: unknown): string | undefined {
  const message = messageOf(error);
  const state = sqlStateOf(error) ?? '';
  const loginRemedy = isLoginError(error) ? REMEDIES_OF_LOGIN[state] : undefined;
  const remedy = REMEDIES[state] ?? loginRemedy ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  return remedy === undefined ? undefined : `${message}. ${remedy}.`;
}

/** Checks PostgreSQL's source file, because the language of messages depends on lc_messages. */
function isLoginError(error: unknown): boolean {
  return (error as { file?: string } | undefined)?.file === 'postinit.c';
}

/** The message of a database error, with what to do about it if a connection is refused for good. */
export function databaseMessageOf(error: unknown): string {
  return connectionFault(error) ?? messageOf(error);
}
