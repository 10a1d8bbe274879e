import { createHash, timingSafeEqual } from 'node:crypto';

/** The token that is required for client-level endpoints, if one is configured. */
export class ApiToken {
  private readonly hash: Buffer | undefined;

  constructor(token: string | undefined) {
    this.hash = token === undefined ? undefined : hashOf(token);
  }

  get isConfigured(): boolean {
    return this.hash !== undefined;
  }

  /** Compares in constant time: the hashes have the same length and are compared to the end. */
  is(candidate: string): boolean {
    return this.hash !== undefined && timingSafeEqual(hashOf(candidate), this.hash);
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
