import type { DatabaseConnection } from '#platform/database/database-connection.js';
import type { Part, PartAnswer } from '../part.js';
import { RateMeter } from '../rate-meter.js';

export interface MartFigures {
  /** Rows of messages. */
  readonly rows: number;
  readonly rows_per_second: number | null;
  /** When messages last changed; null where nothing was ever written. */
  readonly changed_at: Date | null;
  readonly seconds_since_change: number | null;
  readonly quarantined: number;
  readonly quarantined_per_second: number | null;
  readonly quarantined_at: Date | null;
  /** Rows of the ledger that are not folded into its sums, and the age of the oldest. */
  readonly ledger_pending: number;
  readonly ledger_pending_seconds: number;
}

const FRESHNESS_SQL = `
  SELECT messages::float8 AS rows, changed_at, seconds_since_change::float8, quarantined_records::float8 AS quarantined,
         quarantined_at, pending_deltas::float8 AS ledger_pending, pending_seconds::float8 AS ledger_pending_seconds
  FROM mart.freshness`;

/** A gateway folds every two seconds; at full rate a fold takes some. */
const STUCK_AFTER_SECONDS = 60;

/** What is in the mart and how fresh it is. */
export class MartPart implements Part<MartFigures> {
  readonly name = 'mart';
  readonly remedy =
    'See the part postgresql. If that is up: run mart-init, or see who holds locks (pg_locks, pg_stat_activity).';
  private readonly rows = new RateMeter();
  private readonly quarantined = new RateMeter();

  constructor(private readonly connection: DatabaseConnection) {}

  async ask(): Promise<PartAnswer<MartFigures>> {
    const [row] =
      await this.connection.probe<Omit<MartFigures, 'rows_per_second' | 'quarantined_per_second'>>(FRESHNESS_SQL);
    const { rows, quarantined, ...others } = row!;
    const now = Date.now();
    this.rows.add(rows, now);
    this.quarantined.add(quarantined, now);
    return judge({
      rows,
      rows_per_second: this.rows.perSecond,
      quarantined,
      quarantined_per_second: this.quarantined.perSecond,
      ...others,
    });
  }
}

function judge(figures: MartFigures): PartAnswer<MartFigures> {
  if (figures.ledger_pending_seconds <= STUCK_AFTER_SECONDS) return { status: 'up', figures };
  return {
    status: 'degraded',
    message: `the ledger was not folded for ${Math.round(figures.ledger_pending_seconds)} s; figures are exact, views become slower`,
    action: "See 'The ledger was not folded' in the gateways' logs.",
    figures,
  };
}
