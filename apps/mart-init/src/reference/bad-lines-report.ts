/** A line that cannot be loaded, with all that is wrong in it. */
interface BadLine {
  /** Physical line, the header being 1. */
  readonly line: number;
  /** For people: columns and reasons. */
  readonly problems: string;
}

/** Gathers the bad lines of one file: how many there are, and the first ones in the file's order. */
export class BadLinesReport {
  /** Enough to see what kind of fault a file has, few enough to read. */
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

  /** Counts bad lines that nobody looks at; all must lie behind the first ones that were added. */
  addUnlisted(count: number): void {
    this.total += count;
  }

  /** What kept the file from being read to its end. */
  addFileProblem(message: string): void {
    this.fileProblem = message;
  }

  /** One text for each bad line that is shown, then what else there is to say. */
  describe(): string[] {
    const lines = this.first.map(({ line, problems }) => `${this.file}:${line}: ${problems}`);
    const hidden = this.total - this.first.length;
    if (hidden > 0) lines.push(`${this.file}: bad lines not shown: ${hidden}`);
    if (this.fileProblem !== undefined) lines.push(this.fileProblem);
    return lines;
  }
}
