import type { KafkaClientConfig } from '../../config/kafka-config.js';
import type { Secret } from '../../config/secret.js';
import { messageOf } from '../../errors/message-of.js';

const ANSWER_WITHIN_MS = 10_000;

/** A token is used until this share of its life is over, so that none expires on its way. */
const USED_SHARE = 0.8;

/** Of a token whose answer does not say how long it is valid, in seconds. */
const LIFE_IF_UNKNOWN = 60;

interface Credentials {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly scope: string | undefined;
}

/** Why a token server refused; its message holds no secret. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  /** @param isFinal whether another attempt would fail as well */
  constructor(
    message: string,
    readonly isFinal: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Access tokens by client credentials (RFC 6749, section 4.4), shared by all connections of a client. */
export class OauthTokens {
  private token: { readonly value: string; readonly until: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(private readonly credentials: Credentials) {}

  static from(config: KafkaClientConfig): OauthTokens {
    return new OauthTokens({
      url: config.KAFKA_OAUTH_TOKEN_URL!,
      clientId: config.KAFKA_OAUTH_CLIENT_ID!,
      clientSecret: config.KAFKA_OAUTH_CLIENT_SECRET!,
      scope: config.KAFKA_OAUTH_SCOPE,
    });
  }

  /** @throws TokenError */
  current(): Promise<string> {
    if (this.token !== undefined && performance.now() < this.token.until) return Promise.resolve(this.token.value);
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<string> {
    const asked = performance.now();
    const { access_token: value, expires_in: life = LIFE_IF_UNKNOWN } = await this.answer();
    if (typeof value !== 'string') throw this.error('its answer has no access_token', true);
    this.token = { value, until: asked + Number(life) * USED_SHARE * 1000 };
    return value;
  }

  private async answer(): Promise<{ access_token?: unknown; expires_in?: unknown }> {
    const { url, clientId, clientSecret, scope } = this.credentials;
    const login = [clientId, clientSecret.value].map(encodeURIComponent).join(':');
    let response: Response;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}`, accept: 'application/json' },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (cause) {
      throw this.error(messageOf((cause as Error).cause ?? cause), false, { cause });
    }
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (response.ok) return body;
    const why = typeof body['error'] === 'string' ? `${response.status} ${body['error']}` : String(response.status);
    throw this.error(`it answers ${why}`, response.status >= 400 && response.status < 500 && response.status !== 429);
  }

  private error(why: string, isFinal: boolean, options?: ErrorOptions): TokenError {
    return new TokenError(`no token from ${new URL(this.credentials.url).host}: ${why}`, isFinal, options);
  }
}
