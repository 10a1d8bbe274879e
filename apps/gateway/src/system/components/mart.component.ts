import { escapeLiteral } from 'pg';
import { SKIP_REASONS, type SkipReason } from '#schema/skipped-records.js';
import type { DatabaseConnection } from '#platform/database/database-connection.js';
import { SESSION_ACTIVITY, waitOf, type SessionActivity } from '#platform/database/session-activity.js';
import type { LedgerFolder } from '../../ledger/ledger-folder.js';
import type { LedgerState } from '../../ledger/ledger-watch.js';
import type { Component, ProbeResponse } from '../component.js';
import { RateMeter } from '../rate-meter.js';
import { LatencyWindow, type Latency, type StoredLatency } from '../latency-window.js';
import { RejectionReader, type Rejections } from '../rejections.js';
import { RejectionWatch, type Flood } from '../rejection-watch.js';

export interface MartDetails {
  /** Rows of messages. */
  readonly rows: number;
  readonly rows_per_second: number | null;
  /** Time of the last change of messages; null if nothing was ever written. */
  readonly changed_at: Date | null;
  readonly seconds_since_change: number | null;
  /** Newest time of sending, without stray dates; null if there is none. */
  readonly newest_sent_at: Date | null;
  readonly quarantined: number;
  readonly quarantined_per_second: number | null;
  readonly quarantined_at: Date | null;
  /** Records that no consumer read and that nobody has resolved. */
  readonly skipped_records: number;
  readonly skipped: readonly SkippedRange[];
  /** Deltas of the ledger that are not folded yet, and the age of the oldest. */
  readonly ledger_pending: number;
  readonly ledger_pending_seconds: number;
  /** Triggers of messages that are missing or disabled: what is written meanwhile is not counted. */
  readonly ledger_triggers_off: readonly string[];
  /** Sums that differed from the rows at `ledger_differences_found_at`, and were not rebuilt since. */
  readonly ledger_differences: number;
  readonly ledger_differences_found_at: Date | null;
  /** Start of the latest recount of all rows; null before the first. */
  readonly ledger_recounted_at: Date | null;
  /** From the timestamp in Kafka to the mart; null until a consumer has written something. */
  readonly latency: Latency | null;
  /** Whether the mart has columns for latencies. */
  readonly has_latency: boolean;
  /** Why records were rejected lately; null until it is read. */
  readonly rejections: Rejections | null;
}

/** What the gateway knows of the ledger besides its figures. */
export interface LedgerHealth {
  /** Undefined until it is read, and in a mart that mart-init has not migrated. */
  readonly state: LedgerState | undefined;
  readonly foldFailure: LedgerFolder['failure'];
}

export interface SkippedRange {
  readonly topic: string;
  readonly partition: number;
  readonly reason: SkipReason;
  readonly records: number;
  readonly from_offset: number;
  /** Exclusive. The range may have gaps. */
  readonly to_offset: number;
}

const SKIPPED_SQL = `
  SELECT coalesce(json_agg(each ORDER BY topic, partition, reason), '[]') FROM (
    SELECT topic, partition, reason, sum(to_offset - from_offset) AS records, min(from_offset) AS from_offset,
           max(to_offset) AS to_offset
    FROM public.skipped_records WHERE resolved_at IS NULL GROUP BY topic, partition, reason
  ) AS each`;

const SKIPPED_ACTION =
  'See /api/v1/skipped-records. If Kafka still has the records, stop the consumers and reset the offsets (kafka-consumer-groups.sh ' +
  '--reset-offsets); otherwise produce them again (--from-start). Then set resolved_at in skipped_records. See RecordsSkipped in the runbook.';

/** Writers that have waited for more than five seconds, longest first; without the gateway's own readers. */
const WAITING_SQL = `
  SELECT json_agg(session ORDER BY seconds DESC) FROM (${SESSION_ACTIVITY}) AS session
  WHERE (wait_type = 'Lock' OR wait_event = 'SyncRep') AND application !~ '^gateway'
    AND seconds > 5`;

/** As JSON, which has no `latency_counts` in a mart that an older mart-init created. Some rows per partition, so without an index. */
const positionsSql = (group: string, topic: string) => `
  SELECT coalesce(json_agg(json_build_object(
    'key', (stored ->> 'topic_id') || ' ' || (stored ->> 'partition'), 'since', stored -> 'latency_since',
    'counts', stored -> 'latency_counts')), '[]')
  FROM (
    SELECT to_jsonb(positions) AS stored FROM public.consumer_positions AS positions
    WHERE consumer_group = ${escapeLiteral(group)} AND topic = ${escapeLiteral(topic)}
  ) AS each`;

const HAS_LATENCY_SQL = `
  SELECT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = 'public.consumer_positions'::regclass AND attname = 'latency_counts' AND NOT attisdropped)`;

const freshnessSql = (group: string, topic: string) => `
  SELECT messages::float8 AS rows, changed_at, seconds_since_change::float8, quarantined_records::float8 AS quarantined,
         quarantined_at, pending_deltas::float8 AS ledger_pending, pending_seconds::float8 AS ledger_pending_seconds,
         (${SKIPPED_SQL}) AS skipped,
         (${WAITING_SQL}) AS waiting, (${positionsSql(group, topic)}) AS positions, (${HAS_LATENCY_SQL}) AS has_latency
  FROM mart.freshness`;

/** Reads the days of all messages, which is too expensive on a large mart to do it every second, and needs a lock on messages. */
const NEWEST_SENT_AT_SQL = `SET LOCAL lock_timeout = '1s'; SELECT newest_sent_at FROM mart.freshness`;
const NEWEST_SENT_AT_EVERY_MS = 10_000;

/** Details that the gateway adds to what it reads. */
type Added =
  | 'rows_per_second'
  | 'quarantined_per_second'
  | 'skipped_records'
  | 'newest_sent_at'
  | 'latency'
  | 'rejections'
  | 'ledger_triggers_off'
  | 'ledger_differences'
  | 'ledger_differences_found_at'
  | 'ledger_recounted_at';

type Row = Omit<MartDetails, Added> & {
  readonly waiting: readonly SessionActivity[] | null;
  readonly positions: readonly { [Name in keyof StoredLatency]: StoredLatency[Name] | null }[];
};

/** A blocked writer times out, pauses and tries again. Meanwhile it still counts as blocked, until something is written or for this long. */
const REMEMBERED_MS = 30_000;

/** The most frequent reason among the latest rejections. */
const MAIN_REASON_SQL = `
  SELECT each ->> 'reason' AS reason
  FROM (SELECT reasons FROM public.quarantined_messages ORDER BY quarantined_at DESC LIMIT 1000) AS newest,
       jsonb_array_elements(reasons) AS each
  GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`;

/** A gateway folds every two seconds; at full rate a fold takes a few seconds. */
const STUCK_AFTER_SECONDS = 60;

/** A single failure may be an interrupted connection. */
const FAILING_AFTER_MS = 10_000;

/** The content of the mart and its freshness. */
export class MartComponent implements Component<MartDetails> {
  readonly name = 'mart';
  readonly remedy =
    'See the component postgresql. If it is up, run mart-init, or look for locks (pg_locks, pg_stat_activity).';
  private readonly rows = new RateMeter();
  private readonly quarantined = new RateMeter();
  private lastHeldUp: { text: string; changedAt: number | undefined; at: number } | undefined;
  private readonly rejections = new RejectionWatch();
  private readonly latencies = new LatencyWindow();
  private readonly reasons: RejectionReader;
  private readonly sql: string;
  private newestSentAt: Date | null = null;
  private newestSentAtRead = -Infinity;

  /**
   * @param group the consumer group whose latencies count
   * @param processed records of the topic that the writer has processed; undefined if unknown
   * @param ledger the latest known
   */
  constructor(
    private readonly connection: DatabaseConnection,
    { group, topic }: { readonly group: string; readonly topic: string },
    private readonly processed: () => number | undefined,
    private readonly ledger: () => LedgerHealth,
  ) {
    this.sql = freshnessSql(group, topic);
    this.reasons = new RejectionReader((sql) => connection.probe(sql));
  }

  async probe(): Promise<ProbeResponse<MartDetails>> {
    void this.readNewestSentAt();
    const [row] = await this.connection.probe<Row>(this.sql);
    const { rows, quarantined, waiting, positions, ...others } = row!;
    const now = Date.now();
    this.latencies.add(positions.filter(isCounted), now);
    // In the background, like the newest time of sending.
    void this.reasons.update(quarantined);
    this.rows.add(rows, now);
    this.quarantined.add(quarantined, now);
    const heldUp = this.heldUp(waiting?.[0], others.changed_at?.getTime(), now);
    const { state: ledger, foldFailure } = this.ledger();
    const details = {
      rows,
      rows_per_second: this.rows.perSecond,
      quarantined,
      quarantined_per_second: this.quarantined.perSecond,
      ...others,
      ledger_triggers_off: ledger?.triggersOff ?? [],
      ledger_differences: ledger?.differences ?? 0,
      ledger_differences_found_at: ledger?.foundAt ?? null,
      ledger_recounted_at: ledger?.recountedAt ?? null,
      newest_sent_at: this.newestSentAt,
      latency: this.latencies.latency ?? null,
      rejections: this.reasons.newest ?? null,
      skipped_records: others.skipped.reduce((sum, { records }) => sum + records, 0),
    };
    const processed = this.processed();
    const flood = processed === undefined ? undefined : this.rejections.add(quarantined, processed, now);
    const isFailing = foldFailure !== undefined && performance.now() - foldFailure.since > FAILING_AFTER_MS;
    const wrong = wrongSums(details);
    if (wrong !== undefined) return wrong;
    if (flood !== undefined && heldUp === undefined) return this.flooded(details, flood);
    return judge(heldUp, details, isFailing ? foldFailure.message : undefined);
  }

  /** In the background: a slow answer must not make the component late. After an error, the last value stays. */
  private async readNewestSentAt(): Promise<void> {
    if (Date.now() - this.newestSentAtRead < NEWEST_SENT_AT_EVERY_MS) return;
    this.newestSentAtRead = Date.now();
    const rows = await this.connection.probe<{ newest_sent_at: Date | null }>(NEWEST_SENT_AT_SQL).catch(() => []);
    if (rows[0] !== undefined) this.newestSentAt = rows[0].newest_sent_at;
  }

  private async flooded(
    details: MartDetails,
    { rejected, processed, lastAt }: Flood,
  ): Promise<ProbeResponse<MartDetails>> {
    const [main] = await this.connection.probe<{ reason: string }>(MAIN_REASON_SQL);
    const until = new Date(lastAt).toISOString();
    return {
      status: 'degraded',
      message: `${rejected} of the latest ${processed} records were rejected at ${until}, most for ${main?.reason}`,
      action: 'They are in quarantine. See QuarantineRateHigh in docs/runbook.md (docs/runbook.md#quarantineratehigh).',
      runbook: 'QuarantineRateHigh',
      details,
    };
  }

  /** What a writer waits for, or waited for last if nothing was written since. */
  private heldUp(session: SessionActivity | undefined, changedAt: number | undefined, now: number): string | undefined {
    if (session) {
      const text = `${session.application || 'a writer'} ${waitOf(session)} for ${Math.round(session.seconds)} s`;
      this.lastHeldUp = { text, changedAt, at: now };
    } else if (
      this.lastHeldUp &&
      (this.lastHeldUp.changedAt !== changedAt || now - this.lastHeldUp.at > REMEMBERED_MS)
    ) {
      this.lastHeldUp = undefined;
    }
    return this.lastHeldUp?.text;
  }
}

function isCounted(position: Row['positions'][number]): position is StoredLatency {
  return position.counts !== null && position.since !== null;
}

/** Figures that are wrong come before everything else. */
function wrongSums(details: MartDetails): ProbeResponse<MartDetails> | undefined {
  const { ledger_triggers_off: off, ledger_differences: differences, ledger_differences_found_at: at } = details;
  const wrong = { status: 'degraded', runbook: 'SumsWrong', details } as const;
  if (off.length > 0) {
    return {
      ...wrong,
      message: `rows are written without being counted, as these triggers of messages are missing or disabled: ${off.join(', ')}`,
      action: 'Run mart-init, which creates them again and recounts all rows; writers wait meanwhile.',
    };
  }
  if (differences === 0) return undefined;
  return {
    ...wrong,
    message: `the figures are wrong: ${differences} sums differed from the rows at ${at?.toISOString()}`,
    action: 'Run SELECT ledger.rebuild() as owner of messages. It recounts all rows; writers wait meanwhile.',
  };
}

/** @param foldFailure why the ledger is not folded */
function judge(
  heldUp: string | undefined,
  details: MartDetails,
  foldFailure: string | undefined,
): ProbeResponse<MartDetails> {
  if (heldUp !== undefined) {
    return {
      status: 'degraded',
      message: heldUp,
      action: 'Let that transaction end, or end it with SELECT pg_terminate_backend(pid). Nothing is lost meanwhile.',
      runbook: 'ConsumerStuck',
      details,
    };
  }
  const [skipped] = details.skipped;
  if (skipped !== undefined) {
    const { topic, partition, reason, from_offset: from, to_offset: to } = skipped;
    return {
      status: 'degraded',
      message:
        `${details.skipped_records} records were never read, for example in ${topic} partition ${partition}, offsets ${from} to ` +
        `${to - 1}: ${SKIP_REASONS[reason]}`,
      action: SKIPPED_ACTION,
      runbook: 'RecordsSkipped',
      details,
    };
  }
  if (foldFailure === undefined && details.ledger_pending_seconds <= STUCK_AFTER_SECONDS)
    return { status: 'up', details };
  return {
    status: 'degraded',
    message:
      foldFailure === undefined
        ? `the ledger was not folded for ${Math.round(details.ledger_pending_seconds)} s: views stay exact but become slower`
        : `the ledger cannot be folded: ${foldFailure}. Views stay exact but become slower`,
    action: "Look for 'The ledger was not folded' in the gateways' logs.",
    runbook: 'LedgerStuck',
    details,
  };
}
