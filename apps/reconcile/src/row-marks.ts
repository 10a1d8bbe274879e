/**
 * A set of rows of a table, by the block and the offset of their ctid. It takes 8 bytes a block: a page of messages holds about thirty
 * rows. Offsets above 63, which a page has after many updates, are kept apart.
 */
export class RowMarks {
  private bits: Uint32Array;
  private readonly beyond = new Set<number>();

  /** @param blocks size of the table; more are accepted */
  constructor(blocks: number) {
    this.bits = new Uint32Array(2 * Math.max(blocks, 1));
  }

  /** @returns false if it was marked already */
  mark(block: number, offset: number): boolean {
    if (this.has(block, offset)) return false;
    if (offset > LAST_BIT) this.beyond.add(block * OFFSETS + offset);
    else {
      const word = wordOf(block, offset);
      if (word >= this.bits.length) this.grow(word);
      this.bits[word]! |= 1 << (offset & 31);
    }
    return true;
  }

  has(block: number, offset: number): boolean {
    if (offset > LAST_BIT) return this.beyond.has(block * OFFSETS + offset);
    return ((this.bits[wordOf(block, offset)] ?? 0) & (1 << (offset & 31))) !== 0;
  }

  private grow(word: number): void {
    const larger = new Uint32Array(Math.max(word + 1, 2 * this.bits.length));
    larger.set(this.bits);
    this.bits = larger;
  }
}

const LAST_BIT = 63;
/** More than a page of any size has. */
const OFFSETS = 65_536;

function wordOf(block: number, offset: number): number {
  return 2 * block + (offset >>> 5);
}
