import { contract, type Column, type Reason, type ReasonCode, type RepairCode } from './contract.js';
import { readFields, type RecordFields } from './record-fields.js';
import { DATE_RULES, FLAG_RULES, ORDER_RULES } from './column-rules.js';
import { normalizerOf, Rejection, trimAscii, type Normalize } from './values.js';

/** A record that the contract accepts. */
export interface CleanRow {
  readonly kind: 'row';
  /** Canonical text of every column in the contract's order, null where there is no value. */
  readonly values: (string | null)[];
  /** Most rows share one empty list. */
  readonly repairs: readonly Repair[];
  /** Number of fields that are not in the contract. */
  readonly unknownFields: number;
}

export interface Repair {
  readonly column: string;
  readonly repair: RepairCode;
}

/** A record that the contract rejects, with every reason: columns in order, then rules across columns. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly reasons: readonly Reason[];
}

/** A record without a value. It is counted and skipped. */
export interface Tombstone {
  readonly kind: 'tombstone';
}

export type Cleaned = CleanRow | Rejected | Tombstone;

const TOMBSTONE: Tombstone = { kind: 'tombstone' };
const NO_REPAIRS: readonly Repair[] = [];

interface CompiledColumn {
  readonly name: string;
  readonly required: boolean;
  readonly normalize: Normalize;
}

const COLUMNS: readonly CompiledColumn[] = contract.columns.map((column: Column) => ({
  name: column.name,
  required: column.required ?? false,
  normalize: normalizerOf(column),
}));

/**
 * Cleans one Kafka record by the contract.
 *
 * @param value bytes of the record's value; null is a tombstone
 * @param unparsable whether the record has the header that marks a line the producer could not parse
 */
export function clean(value: Buffer | null, unparsable = false): Cleaned {
  if (value === null) return TOMBSTONE;
  if (unparsable) return rejectRecord('unparsable_line');
  if (value.length > contract.record.maxBytes) return rejectRecord('too_large');
  const fields = readFields(value);
  return typeof fields === 'string' ? rejectRecord(fields) : cleanFields(fields);
}

/**
 * Cleans a record whose fields are known already, as those of a line of a file. The result is that of `clean` for a JSON object of these
 * fields, at a third of the cost.
 *
 * @param fields texts in the contract's order; empty if absent
 */
export function cleanTexts(fields: readonly string[]): CleanRow | Rejected {
  return cleanFields({ fields, unknownFields: 0 });
}

function rejectRecord(reason: ReasonCode): Rejected {
  return { kind: 'rejected', reasons: [{ column: null, reason }] };
}

/** By position: 1 for columns rejected in the current record. Reused, so that cleaning a record allocates nothing for it. */
const rejected = new Uint8Array(COLUMNS.length);

function cleanFields({ fields, unknownFields }: RecordFields): CleanRow | Rejected {
  const values = new Array<string | null>(COLUMNS.length);
  let reasons: Reason[] | undefined;
  let repairs: Repair[] | undefined;
  rejected.fill(0);

  for (let i = 0; i < COLUMNS.length; i++) {
    const column = COLUMNS[i]!;
    const field = fields[i];
    values[i] = null;
    if (typeof field === 'object' && field !== null) {
      (reasons ??= []).push({ column: column.name, reason: 'not_a_scalar' });
      rejected[i] = 1;
      continue;
    }
    const trimmed = typeof field === 'string' ? trimAscii(field) : typeof field === 'boolean' ? String(field) : '';
    const normalized = trimmed === '' ? null : column.normalize(trimmed);
    if (typeof normalized === 'string') {
      values[i] = normalized;
      continue;
    }
    if (normalized instanceof Rejection) {
      (reasons ??= []).push({ column: column.name, reason: normalized.reason });
      rejected[i] = 1;
      continue;
    }
    values[i] = normalized?.value ?? null;
    if (values[i] === null && column.required) {
      (reasons ??= []).push({ column: column.name, reason: 'missing' });
      rejected[i] = 1;
    } else if (normalized) {
      (repairs ??= []).push({ column: column.name, repair: normalized.repair });
    }
  }

  for (const { flag, flagAt, timesAt } of FLAG_RULES) {
    if (rejected[flagAt] || timesAt.some((at) => rejected[at])) continue;
    if (values[flagAt] === 't') continue;
    const happened = timesAt.some((at) => values[at] !== null);
    if (values[flagAt] === null) {
      values[flagAt] = happened ? 't' : 'f';
      (repairs ??= []).push({ column: flag, repair: 'flag_from_time' });
    } else if (happened) {
      (reasons ??= []).push({ column: flag, reason: 'contradiction' });
    }
  }
  for (const { last, firstAt, lastAt } of ORDER_RULES) {
    const first = values[firstAt];
    const end = values[lastAt];
    // Canonical times sort like their texts. A rejected time is null here.
    if (first && end && end < first) (reasons ??= []).push({ column: last, reason: 'time_order' });
  }
  for (const { date, dateAt, timeAt } of DATE_RULES) {
    const day = values[timeAt]?.slice(0, 10);
    if (day === undefined || rejected[dateAt]) continue;
    if (values[dateAt] === null) {
      values[dateAt] = day;
      (repairs ??= []).push({ column: date, repair: 'date_from_sent_at' });
    } else if (values[dateAt] !== day) {
      (reasons ??= []).push({ column: date, reason: 'date_mismatch' });
    }
  }

  if (reasons) return { kind: 'rejected', reasons };
  return { kind: 'row', values, repairs: repairs ?? NO_REPAIRS, unknownFields };
}
