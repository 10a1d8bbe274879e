import type { TokenSource } from './token-source.js';

/** A token is used until this share of its life is over, so that none expires on its way. */
const USED_SHARE = 0.8;

/** One token for all connections of a client, renewed before it expires. */
export class SharedToken {
  private token: { readonly value: string; readonly until: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(private readonly source: TokenSource) {}

  /** @throws TokenError */
  current(): Promise<string> {
    if (this.token !== undefined && performance.now() < this.token.until) return Promise.resolve(this.token.value);
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<string> {
    const asked = performance.now();
    const { value, lifeSeconds } = await this.source();
    this.token = { value, until: asked + lifeSeconds * USED_SHARE * 1000 };
    return value;
  }
}
