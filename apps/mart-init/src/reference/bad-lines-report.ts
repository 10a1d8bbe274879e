/** A line that cannot be loaded. */
interface BadLine {
  /** Physical line number; the header is line 1. */
  readonly line: number;
  /** Columns and reasons, as text. */
  readonly problems: string;
}

/** Counts the bad lines of one file and keeps the first ones in file order. */
export class BadLinesReport {
  /** Number of bad lines to show. */
  static readonly shown = 20;

  private total = 0;
  private first: BadLine[] = [];
  private fileProblem: string | undefined;

  constructor(readonly file: string) {}

  get count(): number {
    return this.total;
  }

  get isEmpty(): boolean {
    return this.total === 0 && this.fileProblem === undefined;
  }

  /** Lines may come in any order. */
  add(line: number, problems: string): void {
    this.total += 1;
    if (this.first.length === BadLinesReport.shown && line > this.first[BadLinesReport.shown - 1]!.line) return;
    this.first.push({ line, problems });
    this.first.sort((a, b) => a.line - b.line);
    this.first.length = Math.min(this.first.length, BadLinesReport.shown);
  }

  /** Counts further bad lines without showing them; all must come after the lines added so far. */
  addUnlisted(count: number): void {
    this.total += count;
  }

  /** Records why the file could not be read to its end. */
  addFileProblem(message: string): void {
    this.fileProblem = message;
  }

  /** One text for each bad line shown, then the number of hidden ones and the file's problem. */
  describe(): string[] {
    const lines = this.first.map(({ line, problems }) => `${this.file}:${line}: ${problems}`);
    const hidden = this.total - this.first.length;
    if (hidden > 0) lines.push(`${this.file}: bad lines not shown: ${hidden}`);
    if (this.fileProblem !== undefined) lines.push(this.fileProblem);
    return lines;
  }
}
