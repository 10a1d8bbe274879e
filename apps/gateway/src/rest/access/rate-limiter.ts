import { isIPv6 } from 'node:net';

const WINDOW_MS = 60_000;

export interface Allowance {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Until the whole limit is there again. */
  readonly resetSeconds: number;
}

/**
 * Requests of each address in windows of a minute. One window for all: memory is given back as a whole when it ends, and
 * across its end an address can send up to twice the limit within a minute.
 */
export class RateLimiter {
  readonly #counts = new Map<string, number>();
  #windowEnds = 0;

  constructor(
    readonly limit: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  take(address: string): Allowance {
    const now = this.now();
    if (now >= this.#windowEnds) {
      this.#counts.clear();
      this.#windowEnds = now + WINDOW_MS;
    }
    const key = subscriberOf(address);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return {
      isAllowed: count <= this.limit,
      remaining: Math.max(0, this.limit - count),
      resetSeconds: Math.ceil((this.#windowEnds - now) / 1000),
    };
  }
}

/** A subscriber of IPv6 has at least 64 bits of addresses, so the first 64 stand for all of them. */
function subscriberOf(address: string): string {
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain) || plain.includes('.')) return address;
  const [left = '', right] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = right === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...(right ?? [])].slice(0, 4).join(':');
}
