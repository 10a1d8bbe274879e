import { createHash, timingSafeEqual } from 'node:crypto';

/** The token that opens what names single clients; there may be none. */
export class ApiToken {
  private readonly hash: Buffer | undefined;

  constructor(token: string | undefined) {
    this.hash = token === undefined ? undefined : hashOf(token);
  }

  get isConfigured(): boolean {
    return this.hash !== undefined;
  }

  /** In a time that says nothing of how much is right: hashes have one length, and are compared to their ends. */
  is(given: string): boolean {
    return this.hash !== undefined && timingSafeEqual(hashOf(given), this.hash);
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
