import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '#platform/config/secret.js';

/** The token that is required for client-level endpoints, if one is configured. */
export class ApiToken {
  constructor(private readonly token: Secret | undefined) {}

  get isConfigured(): boolean {
    return this.token !== undefined;
  }

  /** Compares in constant time: the hashes have the same length and are compared to the end. */
  is(candidate: string): boolean {
    return this.token !== undefined && timingSafeEqual(hashOf(candidate), hashOf(this.token.value));
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
