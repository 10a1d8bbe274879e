import { clearScreenDown, moveCursor } from 'node:readline';
import { takesEscapes } from '../config/terminal-config.js';

const REDRAW_MS = 250;
const LOG_MS = 5000;
const BAR_CELLS = 24;
/** For terminals that report a width of 0. */
const DEFAULT_WIDTH = 80;

/** Shows changing lines: redrawn in place on a terminal, printed every few seconds elsewhere. */
export class Screen {
  private drawn = 0;
  private lastAt = 0;

  constructor(
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly redraws = takesEscapes(out),
  ) {}

  /** Prints a permanent line. */
  say(line: string): void {
    this.clear();
    this.out.write(`${line}\n`);
  }

  /** Shows the current state, at a limited rate. */
  show(lines: () => readonly string[]): void {
    const now = Date.now();
    if (now - this.lastAt < (this.redraws ? REDRAW_MS : LOG_MS)) return;
    this.lastAt = now;
    this.clear();
    // A wrapped line could not be erased completely.
    const width = this.redraws ? (this.out.columns || DEFAULT_WIDTH) - 1 : Infinity;
    const drawn = lines();
    for (const line of drawn) this.out.write(`${line.slice(0, width)}\n`);
    if (this.redraws) this.drawn = drawn.length;
  }

  /** Prints the final state permanently. */
  finish(lines: readonly string[]): void {
    for (const line of lines) this.say(line);
  }

  /** Removes the changing lines. */
  clear(): void {
    if (this.drawn === 0) return;
    moveCursor(this.out, 0, -this.drawn);
    clearScreenDown(this.out);
    this.drawn = 0;
  }
}

/** @param share from 0 to 1 */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_CELLS);
  return '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}

export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Columns of text: the first left-aligned, all others right-aligned. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    (
      indent +
      row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  ')
    ).trimEnd(),
  );
}
