import { databaseTlsProblem, parametersOf, TLS_PARAMETERS } from './database-tls.js';

/** Accepted parameters: those of pg, and those of libpq so that Spark can use the same URL, even if they have no effect here. */
const PARAMETERS = new Set([
  ...[
    'host',
    'port',
    'user',
    'password',
    'application_name',
    'fallback_application_name',
    'options',
    'client_encoding',
  ],
  ...[
    'connect_timeout',
    'keepalives',
    'keepalives_idle',
    'keepalives_interval',
    'keepalives_count',
    'tcp_user_timeout',
  ],
  ...TLS_PARAMETERS,
  ...['uselibpqcompat', 'gssencmode', 'target_session_attrs'],
]);

const FORM = 'must be postgresql://user:password@host:port/database';
const ENCODE =
  'user or password contains a character that is special in a URL: percent-encode it (% as %25, # as %23, / as %2F, ? as %3F, @ as %40, : as %3A)';

/**
 * What is wrong with a connection URL and what to do; undefined for a valid URL. Shows no part that may be a password.
 *
 * @param writes whether the app needs a primary
 */
export function databaseUrlProblem(text: string, writes = true): string | undefined {
  const [, authority = '', rest = ''] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/s.exec(text) ?? [];
  if (!/^postgres(ql)?:\/\//.test(text)) {
    return /^\s*\w+\s*=/.test(text) ? `${FORM}, not key=value pairs` : FORM;
  }
  // A / ? or # in the password ends the authority before the @.
  if (!authority.includes('@') && rest.split('=')[0]!.includes('@')) return `${FORM}; ${ENCODE}`;
  const userInfo = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  if (!isDecodable(userInfo)) return `${FORM}; ${ENCODE}`;
  const urls = urlsByHost(text).map(withHost);
  if (!urls.every((url) => URL.canParse(url))) {
    return `${FORM}; percent-encode special characters of the password, and give the port as a number`;
  }
  const { pathname, hash } = new URL(urls[0]!);
  if (hash !== '') return `${FORM}; percent-encode # as %23`;
  if (pathname.length < 2) return `${FORM}; it names no database`;
  return problemOfParameters(parametersOf(text), writes) ?? databaseTlsProblem(text);
}

/** As in libpq, the host may stand in the parameter `host` only, for a Unix socket; a URL with a user needs one. */
function withHost(url: string): string {
  return url.replace(/@(?=[/?]|$)/, '@localhost');
}

/** One URL per host: a URL may name several hosts for failover (host1:5432,host2:5432). */
export function urlsByHost(text: string): readonly string[] {
  const [, before = '', hosts = '', rest = ''] = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(text) ?? [];
  return hosts.includes(',') ? hosts.split(',').map((host) => `${before}${host}${rest}`) : [text];
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function problemOfParameters(parameters: ReadonlyMap<string, string>, writes: boolean): string | undefined {
  for (const [name, value] of parameters) {
    if (!PARAMETERS.has(name)) {
      const known = [...PARAMETERS].join(', ');
      return `${FORM}; its parameter "${name}" is not known and would be ignored. Known parameters: ${known}`;
    }
    if (name !== 'target_session_attrs') continue;
    if (!writes && value !== 'any') {
      return 'its target_session_attrs must be any: of several hosts, the first that answers is used';
    }
    if (writes && !['any', 'read-write', 'primary'].includes(value)) {
      return 'its target_session_attrs must be any, read-write or primary, because the app writes to the mart';
    }
  }
  return undefined;
}
