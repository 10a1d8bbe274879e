/** A token for SASL OAUTHBEARER. */
export interface Token {
  readonly value: string;
  /** How long it is valid from when it was asked for, in seconds. */
  readonly lifeSeconds: number;
}

/** Issues a new token each time, or rejects with a TokenError. */
export type TokenSource = () => Promise<Token>;

/** Why there is no token; its message holds no secret. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  /** @param remedy what to do if another attempt would fail as well; undefined for an outage */
  constructor(
    message: string,
    readonly remedy: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
