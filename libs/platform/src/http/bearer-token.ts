import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.js';

/** The token that requests to protected endpoints must have, if one is configured. */
export class BearerToken {
  constructor(private readonly token: Secret | undefined) {}

  get isConfigured(): boolean {
    return this.token !== undefined;
  }

  /** Compares in constant time: the hashes have the same length and are compared to the end. */
  is(candidate: string): boolean {
    return this.token !== undefined && timingSafeEqual(hashOf(candidate), hashOf(this.token.value));
  }
}

/** The token in the header Authorization; undefined if it has none. */
export function bearerOf(authorization = ''): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
