/** What a check of data_quality means for the reader, and what to do about its findings. The definition itself is the mart's. */
interface Check {
  readonly title: string;
  readonly action: string;
}

export const CHECKS: Readonly<Record<string, Check>> = {
  orphan: {
    title: 'Campaign not in campaigns',
    action: 'Load the newest campaigns.csv: run mart-init with --reference.',
  },
  'negative lag': {
    title: 'Event before the send',
    action: 'Compare the clocks of the source systems. Rates count these events; response times count them as at once.',
  },
  contradiction: {
    title: 'Flag and time disagree',
    action: 'Ask the source for the missing value, and send the rows again. Rates count the flag.',
  },
  undelivered: {
    title: 'Reaction to an undelivered message',
    action:
      'Ask the source which of the two is true. Rates of delivered messages leave the message out of the denominator only.',
  },
  'implausible date': {
    title: 'Implausible date of sending',
    action: 'Correct the date in the source and send the rows again with a later updated_at.',
  },
  'doubtful holiday': {
    title: 'Doubtful holiday',
    action: 'Correct or confirm the date in holiday_corrections.csv, then run mart-init with --reference.',
  },
  'unused holiday correction': {
    title: 'Unused holiday correction',
    action: 'Correct its date or name in holiday_corrections.csv, or remove it.',
  },
  'year without holidays': {
    title: 'Year without holidays',
    action: 'Add the holidays of this year to holidays.csv. Until then its days count as regular.',
  },
  'duplicate message_id': {
    title: 'Repeated message_id',
    action: 'Compare the rows on the page Find. Each has its own id, so all of them count.',
  },
  'sent after unsubscribe': {
    title: 'Sent after an unsubscribe',
    action: 'Check whether the clients subscribed again: the data does not say it.',
  },
};

/** Checks that read all rows; the gateway runs them only by name. */
export const SLOW_CHECKS = ['duplicate message_id', 'sent after unsubscribe'] as const;

export interface CheckRow {
  readonly check_name: string;
  readonly detail: string;
  readonly figure: number | null;
  readonly of_total: number | null;
  readonly share: number | null;
}

/** Rows with something to look at, the most affected messages first. Missing values, ages and the quarantine have their own places. */
export function findingsOf<R extends CheckRow>(rows: readonly R[]): R[] {
  return rows
    .filter(({ check_name, figure }) => check_name in CHECKS && figure !== null && figure > 0)
    .sort((one, other) => (other.figure ?? 0) - (one.figure ?? 0) || (one.detail < other.detail ? -1 : 1));
}

export interface FindingGroup<R> {
  readonly check: string;
  readonly rows: readonly R[];
}

/** Findings by check, in the order of each check's first row. */
export function groupsOf<R extends CheckRow>(findings: readonly R[]): FindingGroup<R>[] {
  const checks = [...new Set(findings.map(({ check_name }) => check_name))];
  return checks.map((check) => ({ check, rows: findings.filter(({ check_name }) => check_name === check) }));
}

/** Number of checks without a finding. */
export function cleanOf(rows: readonly CheckRow[]): number {
  return rows.filter(({ check_name, figure }) => check_name in CHECKS && figure === 0).length;
}

/** Number of messages that were checked; null before the answer. */
export function messagesOf(rows: readonly CheckRow[]): number | null {
  return rows.find(({ check_name }) => check_name === 'null')?.of_total ?? null;
}

export interface SkippedRange {
  readonly from_offset: number;
  readonly to_offset: number;
  readonly resolved_at: string | null;
}

/** Ranges that nobody has read or marked as resolved. */
export function openRanges<R extends SkippedRange>(ranges: readonly R[]): R[] {
  return ranges.filter(({ resolved_at }) => resolved_at === null);
}
