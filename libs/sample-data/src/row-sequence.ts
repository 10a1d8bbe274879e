import { type Cell } from './model.js';
import { type Prng } from './prng.js';

/** Rows are at most about this share of the file away from their position in the order of days. */
const DISORDER = 0.01;
const LARGEST_BUFFER = 8192;

/**
 * The order of the cells' rows in the file: day by day, the cells of a day mixed by weighted draws, then shuffled locally, so
 * that rows are not in the order of sending. Memory does not grow with the rows.
 */
export class RowSequence {
  private readonly remaining: Float64Array;
  private readonly buffer: Int32Array;
  private buffered = 0;
  private dayStart = 0;
  private dayEnd = 0;
  private leftOfDay = 0;

  /** @param cells sorted by day */
  constructor(
    private readonly cells: readonly Cell[],
    private readonly prng: Prng,
  ) {
    this.remaining = Float64Array.from(cells, (cell) => cell.sent);
    const rows = this.remaining.reduce((sum, sent) => sum + sent, 0);
    this.buffer = new Int32Array(Math.min(LARGEST_BUFFER, Math.max(16, Math.floor(rows * DISORDER))));
    while (this.buffered < this.buffer.length) {
      const cell = this.draw();
      if (cell < 0) break;
      this.buffer[this.buffered++] = cell;
    }
  }

  /** The cell of the next row. @throws RangeError after the last one */
  next(): Cell {
    if (this.buffered === 0) throw new RangeError('there are no more rows');
    const place = this.prng.below(this.buffered);
    const chosen = this.buffer[place]!;
    const follower = this.draw();
    this.buffer[place] = follower >= 0 ? follower : this.buffer[--this.buffered]!;
    return this.cells[chosen]!;
  }

  /** A random cell of the current day, weighted by the rows that each has left; -1 at the end. */
  private draw(): number {
    while (this.leftOfDay === 0) {
      if (this.dayEnd === this.cells.length) return -1;
      this.startDay();
    }
    let rest = this.prng.below(this.leftOfDay);
    let cell = this.dayStart;
    while (rest >= this.remaining[cell]!) rest -= this.remaining[cell++]!;
    this.remaining[cell]!--;
    this.leftOfDay--;
    return cell;
  }

  private startDay(): void {
    this.dayStart = this.dayEnd;
    const { day } = this.cells[this.dayStart]!;
    while (this.dayEnd < this.cells.length && this.cells[this.dayEnd]!.day === day) {
      this.leftOfDay += this.remaining[this.dayEnd++]!;
    }
  }
}
