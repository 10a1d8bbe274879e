import { messageOf } from '../errors/message-of.js';
import { sqlStateOf } from './sql-state.js';

const HBA = 'allow this user and address in pg_hba.conf and by ALTER ROLE … LOGIN';

/** What to do about a refused login, by SQLSTATE. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01':
    'Correct user and password in DATABASE_URL; special characters of the password must be percent-encoded (% as %25, # as %23, / as %2F). mart-init creates the role messaging_app. A server with clientcert=verify-full also refuses a certificate whose common name is not the user',
  '28000': `Correct the user in DATABASE_URL, or ${HBA}. A server that requires TLS needs sslmode=require or verify-full in DATABASE_URL`,
  '3D000': 'Correct the name in DATABASE_URL, or create the database: CREATE DATABASE …',
};

/** The same for SQLSTATEs that statements can have too: they apply only if the server reports them during login. */
const REMEDIES_OF_LOGIN: Readonly<Record<string, string>> = {
  '42501': 'Allow this user to connect: GRANT CONNECT ON DATABASE … TO …',
  '55000': 'Correct the name in DATABASE_URL, or allow connections: ALTER DATABASE … ALLOW_CONNECTIONS true',
};

const AUTHORITY =
  'Name the authority that signed the certificate of the server with sslrootcert in DATABASE_URL; sslrootcert=system takes the public ones';
const OWN_CERTIFICATE = 'check sslcert and sslkey in DATABASE_URL';
const ADDRESS = 'Correct host and port in DATABASE_URL';

/** The same by the message of PostgreSQL, pg, OpenSSL or PgBouncer, as far as it says more. The first that fits counts. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [
    /connection requires a valid client certificate/,
    `The server wants a certificate of the client: ${OWN_CERTIFICATE}`,
  ],
  [
    /no pg_hba\.conf entry .*, no encryption/,
    `The server takes no connections of this user without TLS: set sslmode=require or verify-full in DATABASE_URL, or ${HBA}`,
  ],
  [
    /no pg_hba\.conf entry .*, SSL encryption/,
    `The server takes no connections of this user with TLS: set sslmode=disable in DATABASE_URL, or ${HBA}`,
  ],
  [
    /certificate authentication failed/,
    'The common name of the certificate in sslcert must be the user in DATABASE_URL, or be mapped to it in pg_ident.conf',
  ],
  [/client password must be a/, 'The server requires a password: add it to DATABASE_URL'],
  [/does not support SSL/, 'Enable TLS on the server, or set sslmode=disable in DATABASE_URL'],
  [/^channel_binding=require/, 'Unset channel_binding in DATABASE_URL, or use TLS and a password with SCRAM'],
  [/not the protocol of PostgreSQL/, ADDRESS],
  [/alert certificate expired/, `The certificate of the client has expired: renew it, and ${OWN_CERTIFICATE}`],
  [
    /alert (certificate required|bad certificate|unknown ca|certificate unknown|certificate revoked|unsupported certificate|decrypt error)/,
    `The server does not accept the certificate of the client: ${OWN_CERTIFICATE}`,
  ],
  [
    /alert (protocol version|handshake failure|insufficient security)|unsupported protocol|no (protocols available|shared cipher)/,
    'The server and this client have no version of TLS in common: check ssl_min_protocol_version and ssl_max_protocol_version in DATABASE_URL and on the server',
  ],
  [/no application protocol/, `${ADDRESS}; sslnegotiation=direct needs PostgreSQL 17`],
  [/wrong version number|packet length too long/, `The server does not speak TLS here. ${ADDRESS}`],
  [/certificate has expired/, 'The certificate of the server, or its authority, has expired: renew it'],
  [/certificate is not yet valid/, 'The certificate of the server is not valid yet: check the clocks of both machines'],
  [
    /Hostname\/IP does not match/,
    'The certificate of the server is for another host: name the host in DATABASE_URL as the certificate does',
  ],
  [
    /self-signed certificate|unable to (verify the first|get (local )?issuer) certificate|certificate signature failure/,
    AUTHORITY,
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
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  const remedy = byMessage ?? REMEDIES[state] ?? loginRemedy;
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
