/** Why records were rejected lately. */
export interface Rejections {
  /** When it was read. */
  readonly at: Date;
  /** How far back it reaches. */
  readonly window_seconds: number;
  /** Records newly in quarantine within that time; at least so many if `is_capped`. */
  readonly records: number;
  /** Whether there were more records than are counted here. Only the newest ones are counted then. */
  readonly is_capped: boolean;
  /** Most frequent first, at most twenty. A record counts once for each of its reasons. */
  readonly reasons: readonly RejectionReason[];
}

export interface RejectionReason {
  readonly reason: string;
  /** null if the whole record is at fault. */
  readonly column: string | null;
  readonly records: number;
}

const WINDOW_SECONDS = 3600;
const MAX_RECORDS = 10_000;
const MAX_REASONS = 20;

/** Without new rejections, so that old ones leave the window. */
const READ_EVERY_MS = 60_000;
/** While records are rejected: reading 10,000 rows takes some 50 ms. */
const READ_AT_MOST_EVERY_MS = 3000;

const REJECTIONS_SQL = `
  WITH newest AS MATERIALIZED (
    SELECT reasons FROM public.quarantined_messages
    WHERE quarantined_at > now() - interval '${WINDOW_SECONDS} seconds' ORDER BY quarantined_at DESC LIMIT ${MAX_RECORDS}
  ), reasons AS (
    SELECT each ->> 'reason' AS reason, each ->> 'column' AS "column", count(*)::integer AS records
    FROM newest, jsonb_array_elements(reasons) AS each GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${MAX_REASONS}
  )
  SELECT (SELECT count(*)::integer FROM newest) AS records,
         (SELECT coalesce(json_agg(reasons ORDER BY records DESC, reason, "column"), '[]') FROM reasons) AS reasons`;

type Row = Pick<Rejections, 'records' | 'reasons'>;

/** Counts the latest rejections by reason in the background, when there are new ones. */
export class RejectionReader {
  /** undefined before the first answer. After an error the last answer stays. */
  newest: Rejections | undefined;
  private quarantined: number | undefined;
  private readAt = -Infinity;
  private isReading = false;

  /** @param query runs a short read-only query */
  constructor(private readonly query: (sql: string) => Promise<Row[]>) {}

  /** Call it with each count of the quarantine. Resolves when it has read, if it was time to. Never rejects. */
  async update(quarantined: number, now = Date.now()): Promise<void> {
    const pause = quarantined === this.quarantined ? READ_EVERY_MS : READ_AT_MOST_EVERY_MS;
    if (this.isReading || now - this.readAt < pause) return;
    this.isReading = true;
    this.readAt = now;
    try {
      const [row] = await this.query(REJECTIONS_SQL);
      if (row === undefined) return;
      const { records, reasons } = row;
      const at = new Date();
      this.newest = { at, window_seconds: WINDOW_SECONDS, records, is_capped: records === MAX_RECORDS, reasons };
      this.quarantined = quarantined;
    } catch {
      // The component reports why PostgreSQL does not answer.
    } finally {
      this.isReading = false;
    }
  }
}
