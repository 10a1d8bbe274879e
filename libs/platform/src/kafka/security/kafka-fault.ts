import { messageOf } from '../../errors/message-of.js';
import { TokenError } from './tokens/token-source.js';

/** Reported by the socket of a client without TLS that receives a TLS record. */
export const BROKER_SPEAKS_TLS = 'the broker speaks TLS';

/** What to do about a listener that answers without TLS. */
export const NO_TLS = 'does not speak TLS: unset KAFKA_TLS, or name a listener with TLS in KAFKA_BROKERS';

/** What to do about a listener that ends connections without a login. */
export const WANTS_LOGIN =
  'ends connections without a login: set KAFKA_SASL_MECHANISM, or name a listener without a login in KAFKA_BROKERS';

/** What to do about an error of TLS or of the login, by its message. The first that fits counts. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(BROKER_SPEAKS_TLS), 'Set KAFKA_TLS=true, or name a listener without TLS in KAFKA_BROKERS'],
  [/wrong version number|packet length too long/, `The listener ${NO_TLS}`],
  [/certificate has expired/, "The broker's certificate has expired: renew it"],
  [/certificate is not yet valid/, "The broker's certificate is not valid yet: check the clocks of both machines"],
  [
    /Hostname\/IP does not match/,
    "The broker's certificate is for another host: name the brokers in KAFKA_BROKERS and advertised.listeners as the certificate does",
  ],
  [
    /self-signed certificate|unable to (verify the first|get (local )?issuer) certificate|certificate signature failure/,
    "Name the authority that signed the broker's certificate in KAFKA_TLS_CA_FILE",
  ],
  [
    /alert (certificate required|bad certificate|unknown ca|handshake failure|certificate unknown)/,
    'The broker wants a certificate of the client that it trusts: check KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE',
  ],
  [
    /key values mismatch|no start line|bad (base64 decode|end line)|PEM/i,
    'KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE must be PEM files, and the key that of the certificate',
  ],
  [
    /mechanism is not supported|does not support the requested SASL mechanism/,
    'Set KAFKA_SASL_MECHANISM to one that the listener has in sasl.enabled.mechanisms',
  ],
  [
    /not valid given the current SASL state/,
    'The listener has no login: unset KAFKA_SASL_MECHANISM, or name a SASL listener in KAFKA_BROKERS',
  ],
  [
    /SASL OAUTHBEARER authentication failed/,
    "The broker refuses the token: check KAFKA_OAUTH_SCOPE, and the listener's oauthbearer settings",
  ],
  [
    /SASL .* authentication failed|Invalid username or password/,
    'Correct KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, and check that the user exists for this mechanism',
  ],
];

/** Why the brokers refuse this client for good, or it does not trust them, and what to do; undefined for an outage and any other error. */
export function kafkaFault(error: unknown): string | undefined {
  for (let each = error; each !== undefined && each !== null; each = (each as Error).cause) {
    const message = messageOf(each);
    const remedy = each instanceof TokenError ? each.remedy : REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
    if (remedy !== undefined) return `${message}. ${remedy}.`;
  }
  return undefined;
}
