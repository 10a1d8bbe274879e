import { clearScreenDown, moveCursor } from 'node:readline';

const REDRAW_MS = 250;
const LOG_MS = 5000;
const BAR_CELLS = 24;

/** Shows lines that change: drawn over themselves on a terminal, now and then as plain lines elsewhere. */
export class Screen {
  private drawn = 0;
  private lastAt = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  /** A line that stays. */
  say(line: string): void {
    this.erase();
    this.out.write(`${line}\n`);
  }

  /** Shows the present state, unless the last time was just now. */
  show(lines: () => readonly string[]): void {
    const now = Date.now();
    if (now - this.lastAt < (this.out.isTTY ? REDRAW_MS : LOG_MS)) return;
    this.lastAt = now;
    this.draw(lines());
  }

  /** Shows the last state, which stays. */
  finish(lines: readonly string[]): void {
    this.draw(lines);
    this.drawn = 0;
  }

  private draw(lines: readonly string[]): void {
    this.erase();
    // A line that wraps would not be erased whole.
    const width = this.out.isTTY ? this.out.columns - 1 : Infinity;
    for (const line of lines) this.out.write(`${line.slice(0, width)}\n`);
    if (this.out.isTTY) this.drawn = lines.length;
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
