import type { KafkaClientConfig } from '../../../config/kafka-config.js';
import { messageOf } from '../../../errors/message-of.js';
import { TokenError, type Token, type TokenSource } from './token-source.js';

const ANSWER_WITHIN_MS = 10_000;

/** Of a token whose answer does not say how long it is valid, in seconds. */
const LIFE_IF_UNKNOWN = 60;

const REMEDY = 'Correct KAFKA_OAUTH_TOKEN_URL, KAFKA_OAUTH_CLIENT_ID, KAFKA_OAUTH_CLIENT_SECRET and KAFKA_OAUTH_SCOPE';

/** Tokens by client credentials (RFC 6749, section 4.4). */
export function clientCredentials(config: KafkaClientConfig): TokenSource {
  const url = config.KAFKA_OAUTH_TOKEN_URL!;
  const fail = (why: string, remedy?: string, options?: ErrorOptions) => {
    throw new TokenError(`no token from ${new URL(url).host}: ${why}`, remedy, options);
  };
  return async (): Promise<Token> => {
    const response = await post(url, config).catch((cause: Error) =>
      fail(messageOf(cause.cause ?? cause), undefined, { cause }),
    );
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok) {
      const isFinal = response.status >= 400 && response.status < 500 && response.status !== 429;
      const why = typeof body['error'] === 'string' ? `${response.status} ${body['error']}` : String(response.status);
      fail(`it answers ${why}`, isFinal ? REMEDY : undefined);
    }
    const { access_token: value, expires_in: life = LIFE_IF_UNKNOWN } = body;
    if (typeof value !== 'string') return fail('its answer has no access_token', REMEDY);
    return { value, lifeSeconds: Number(life) };
  };
}

function post(url: string, config: KafkaClientConfig): Promise<Response> {
  const { KAFKA_OAUTH_CLIENT_ID: id, KAFKA_OAUTH_CLIENT_SECRET: secret, KAFKA_OAUTH_SCOPE: scope } = config;
  const login = [id!, secret!.value].map(encodeURIComponent).join(':');
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}`, accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
}
