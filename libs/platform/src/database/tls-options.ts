import { existsSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { DatabaseTls } from '../config/database-tls.js';
import { readReplacedFile } from '../config/replaced-file.js';

/** Where distributions keep the authorities that the machine trusts. */
const SYSTEM_AUTHORITIES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/** Options of one connection. Reads the files again each time, because certificates are renewed. @throws Error */
export function databaseTlsOptions(tls: DatabaseTls): ConnectionOptions {
  const { mode, rootCert, cert, key, keyPassword } = tls;
  return {
    ca: rootCert === 'system' ? systemAuthorities() : contentOf(rootCert),
    cert: contentOf(cert),
    key: contentOf(key),
    passphrase: keyPassword,
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    ALPNProtocols: tls.isDirect ? ['postgresql'] : undefined,
    // As in libpq: a given authority is used in every mode, the name counts only in the last.
    rejectUnauthorized: rootCert !== undefined || mode === 'verify-ca' || mode === 'verify-full',
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** Without such a file, the authorities that Node.js brings along. */
function systemAuthorities(): Buffer | undefined {
  return contentOf(SYSTEM_AUTHORITIES.find((path) => existsSync(path)));
}

function contentOf(path: string | undefined): Buffer | undefined {
  return path === undefined ? undefined : readReplacedFile(path);
}
