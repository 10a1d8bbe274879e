/** What became of each line of the files; every line counts once. */
export interface LineCounts {
  readonly lines: number;
  /** The first line with exactly the contents of a row of the mart. */
  readonly mart: number;
  /** There is a newer version of the message. */
  readonly superseded: number;
  /** Another line with this version of the message, or with this rejected record, counts already. */
  readonly repeated: number;
  readonly quarantined: number;
  /** Of erased clients, so the mart may not hold them. */
  readonly erased: number;
  /** The mart holds this version with other contents. */
  readonly altered: number;
  readonly missing: number;
}

/** A line that is missing or altered. */
export interface DifferingLine {
  readonly file: string;
  readonly line: number;
  /** bigint as text; null for a line that the cleaner rejects */
  readonly id: string | null;
}

export interface MissingLine extends DifferingLine {
  /** Why the cleaner rejects it; empty for a row. */
  readonly reasons: readonly string[];
}

export interface AlteredLine extends DifferingLine {
  /** The columns that differ, as canonical texts. */
  readonly columns: Readonly<Record<string, { readonly file: string | null; readonly mart: string | null }>>;
}

/** A row of the mart. */
export interface MartRow {
  /** bigint as text */
  readonly id: string;
  readonly day: string | null;
}

/** What `npm run reconcile -- --json` prints. */
export interface Reconciliation extends LineCounts {
  /** Whether no line is missing or altered and, if it was looked for, no row is extra. */
  readonly holds: boolean;
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Lines in quarantine by state of their entry. */
  readonly quarantine: Readonly<Record<string, number>>;
  /** Lines in quarantine by reason; one with several reasons counts for each. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows of the mart that no file has; null if they were not looked for. */
  readonly extra: number | null;
  /** Not counted as lines. */
  readonly repeatedHeaders: number;
  /** By the row's date, then rows without a date, then lines that the cleaner rejects. */
  readonly days: readonly (LineCounts & { readonly day: string })[];
  /** At most ten of each. */
  readonly first: {
    readonly missing: readonly MissingLine[];
    readonly altered: readonly AlteredLine[];
    readonly extra: readonly MartRow[];
  };
  /** What a repair did. */
  readonly repaired?: { readonly sent: number; readonly updated: number };
  readonly seconds: number;
}
