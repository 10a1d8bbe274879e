/**
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, integer arithmetic only. The generator draws from nothing
 * else and calls neither Math.log nor Math.pow, whose last bit may differ between engines, so a seed gives the same
 * bytes everywhere.
 */
export class Prng {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /**
   * @param seed integer from 0 to 2^32 - 1
   * @param stream a number for each independent use, so that drawing more in one place changes nothing in another
   */
  constructor(seed: number, stream: number) {
    this.a = seed | 0;
    this.b = stream | 0;
    this.c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.uint32();
  }

  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 (included) to 1 (excluded). */
  float(): number {
    return this.uint32() / 4294967296;
  }

  /** An integer from 0 to `end` - 1; `end` up to 2^32. */
  below(end: number): number {
    return Math.floor(this.float() * end);
  }

  /** An integer from `first` to `last`, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Fisher-Yates, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}
