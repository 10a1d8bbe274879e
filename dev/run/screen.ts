import { clearScreenDown, moveCursor } from 'node:readline';
import { takesEscapes } from '#platform/config/terminal-config.js';

const REDRAW_MS = 250;
const LOG_MS = 5000;
const BAR_CELLS = 24;
/** Of a terminal that does not know its width: it says 0. */
const DEFAULT_WIDTH = 80;

/** Shows lines that change: drawn over themselves on a terminal, now and then as plain lines elsewhere. */
export class Screen {
  private drawn = 0;
  private lastAt = 0;

  constructor(
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly redraws = takesEscapes(out),
  ) {}

  /** A line that stays. */
  say(line: string): void {
    this.erase();
    this.out.write(`${line}\n`);
  }

  /** Shows the present state, unless the last time was just now. */
  show(lines: () => readonly string[]): void {
    const now = Date.now();
    if (now - this.lastAt < (this.redraws ? REDRAW_MS : LOG_MS)) return;
    this.lastAt = now;
    this.erase();
    // A line that wraps would not be erased whole.
    const width = this.redraws ? (this.out.columns || DEFAULT_WIDTH) - 1 : Infinity;
    const drawn = lines();
    for (const line of drawn) this.out.write(`${line.slice(0, width)}\n`);
    if (this.redraws) this.drawn = drawn.length;
  }

  /** Shows the last state, which stays. */
  finish(lines: readonly string[]): void {
    for (const line of lines) this.say(line);
  }

  private erase(): void {
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

/** Columns of text: the first to the left, the others, mostly numbers, to the right. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    (
      indent +
      row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  ')
    ).trimEnd(),
  );
}
