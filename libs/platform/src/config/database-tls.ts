import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import type { Environment } from './env.js';
import { fileProblem } from './file-problem.js';

/** Those of libpq, and pg's `no-verify`: TLS without checking any certificate. */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
export type SslMode = (typeof SSL_MODES)[number];

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** Values of parameters; other parameters take any. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  ssl: ['true', 'false', '1', '0', 'no-verify'],
  sslmode: SSL_MODES,
  sslnegotiation: ['postgres', 'direct'],
  ssl_min_protocol_version: VERSIONS,
  ssl_max_protocol_version: VERSIONS,
  channel_binding: ['disable', 'prefer', 'require'],
};
export const TLS_PARAMETERS = [...Object.keys(VALUES), 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'];

/** How a connection uses TLS, with the meaning that libpq gives the parameters of the URL. */
export interface DatabaseTls {
  readonly mode: SslMode;
  /** File with the authorities that may sign the server's certificate, or `system`. If given, the certificate is checked in every mode. */
  readonly rootCert: string | undefined;
  /** Files of the client's own certificate. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly keyPassword: string | undefined;
  readonly minVersion: SecureVersion | undefined;
  readonly maxVersion: SecureVersion | undefined;
  /** Whether TLS starts at once, without asking the server first. */
  readonly isDirect: boolean;
  readonly channelBinding: string;
}

/** The parameters of a URL, decoded as libpq decodes them: a plus sign is a plus sign. */
export function parametersOf(url: string): ReadonlyMap<string, string> {
  const pairs = queryOf(url).map((pair) => pair.split(/=(.*)/s).map(decode) as [string, string?]);
  return new Map(pairs.map(([name, value = '']) => [name, value]));
}

/** The URL without the parameters that this module reads. */
export function withoutTls(url: string): string {
  const names = new Set([...TLS_PARAMETERS, 'uselibpqcompat']);
  const others = queryOf(url).filter((pair) => !names.has(pair.split('=')[0]!));
  return [url.split('?')[0]!, ...(others.length === 0 ? [] : [others.join('&')])].join('?');
}

function queryOf(url: string): string[] {
  const [, query = ''] = url.split(/\?(.*)/s);
  return query.split('&').filter((pair) => pair !== '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Parameters that the URL leaves out are taken from libpq's variables, such as PGSSLMODE, and from the files in ~/.postgresql. */
export function databaseTlsOf(url: string, env: Environment = process.env): DatabaseTls {
  const parameters = parametersOf(url);
  const get = (name: string) =>
    parameters.get(name) || env[`PG${name.toUpperCase().replaceAll('_', '')}`]?.trim() || undefined;
  const file = (name: string, byDefault: string) => get(name) ?? defaultFile(env, byDefault);
  const ssl = get('ssl');
  const rootCert = file('sslrootcert', 'root.crt');
  const cert = file('sslcert', 'postgresql.crt');
  const mode = get('sslmode') ?? (ssl === undefined ? undefined : modeOfSsl(ssl));
  return {
    mode: (mode ?? (rootCert === 'system' ? 'verify-full' : 'prefer')) as SslMode,
    rootCert: mode === 'no-verify' ? undefined : rootCert,
    cert,
    key: cert === undefined ? undefined : file('sslkey', 'postgresql.key'),
    keyPassword: get('sslpassword'),
    minVersion: get('ssl_min_protocol_version') as SecureVersion | undefined,
    maxVersion: get('ssl_max_protocol_version') as SecureVersion | undefined,
    isDirect: get('sslnegotiation') === 'direct',
    channelBinding: get('channel_binding') ?? 'prefer',
  };
}

function defaultFile({ HOME: home }: Environment, name: string): string | undefined {
  const path = home ? join(home, '.postgresql', name) : '';
  return path !== '' && existsSync(path) ? path : undefined;
}

function modeOfSsl(ssl: string): SslMode {
  if (ssl === 'no-verify') return 'no-verify';
  return ssl === 'true' || ssl === '1' ? 'require' : 'disable';
}

/** What is wrong with the TLS parameters of a URL or with the files they name; undefined if nothing is. */
export function databaseTlsProblem(url: string): string | undefined {
  for (const [name, value] of parametersOf(url)) {
    const values = VALUES[name];
    if (values !== undefined && !values.includes(value)) return `its ${name} must be one of ${values.join(', ')}`;
  }
  const tls = databaseTlsOf(url);
  if (tls.rootCert === 'system' && tls.mode !== 'verify-full') {
    return 'its sslrootcert=system needs sslmode=verify-full: anybody can get a certificate of a public authority';
  }
  if (tls.isDirect && ['disable', 'allow', 'prefer'].includes(tls.mode)) {
    return 'its sslnegotiation=direct needs sslmode=require, verify-ca or verify-full';
  }
  return tls.mode === 'disable' ? undefined : (problemOfRoot(tls) ?? problemOfClient(tls));
}

function problemOfRoot({ rootCert }: DatabaseTls): string | undefined {
  if (rootCert === undefined || rootCert === 'system') return undefined;
  const problem = fileProblem(rootCert) ?? (isCertificate(rootCert) ? undefined : 'holds no certificate in PEM');
  return problem && `its sslrootcert names ${rootCert}, which ${problem}`;
}

function problemOfClient({ cert, key, keyPassword }: DatabaseTls): string | undefined {
  if (cert === undefined) return undefined;
  if (key === undefined) return 'it names a certificate with sslcert, but no key with sslkey';
  const ofCert = fileProblem(cert) ?? (isCertificate(cert) ? undefined : 'holds no certificate in PEM');
  if (ofCert !== undefined) return `its sslcert names ${cert}, which ${ofCert}`;
  const ofKey = fileProblem(key) ?? problemOfMode(key) ?? problemOfKey(cert, key, keyPassword);
  return ofKey && `its sslkey names ${key}, which ${ofKey}`;
}

function isCertificate(path: string): boolean {
  try {
    return new X509Certificate(readFileSync(path)).subject !== '';
  } catch {
    return false;
  }
}

/** The rule of libpq. The key of a Kubernetes secret belongs to root, and its group may read it. */
function problemOfMode(path: string): string | undefined {
  const { uid, mode } = statSync(path);
  if ((mode & (uid === 0 ? 0o037 : 0o077)) === 0 || process.platform === 'win32') return undefined;
  return 'other users can read: chmod 600 it (640 if it belongs to root)';
}

function problemOfKey(cert: string, key: string, passphrase: string | undefined): string | undefined {
  try {
    const content = readFileSync(key);
    if (passphrase === undefined && content.includes('ENCRYPTED')) {
      return 'is encrypted: give its password with sslpassword';
    }
    const privateKey = createPrivateKey({ key: content, passphrase });
    return new X509Certificate(readFileSync(cert)).checkPrivateKey(privateKey)
      ? undefined
      : `is not the key of the certificate ${cert}`;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return /BAD_DECRYPT/i.test(code) || /bad decrypt/i.test(message)
      ? 'its sslpassword does not decrypt'
      : 'holds no private key in PEM';
  }
}
