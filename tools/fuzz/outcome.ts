import { clean, type Cleaned } from '#schema/cleaner.js';
import { contract } from '#schema/contract.js';
import { canonicalRow } from '#schema/canonical-row.js';
import { type FuzzRecord } from './fuzz-record.js';

/** The outcome of the TypeScript cleaner for a record, in a form that an engine in another language can be compared with. */
export interface Outcome {
  readonly kind: Cleaned['kind'];
  /** Canonical texts in the contract's order; null if there is no row. */
  readonly values: readonly (string | null)[] | null;
  readonly reasons: readonly (readonly [column: string | null, reason: string])[];
  readonly repairs: readonly (readonly [column: string, repair: string])[];
  readonly unknownFields: number;
}

/** @throws Error if the cleaner's fast path and slow path disagree */
export function outcomeOf({ value, headers }: FuzzRecord): Outcome {
  const cleaned = clean(
    value,
    headers.some(([key]) => key === contract.record.unparsableHeader),
  );
  const fast = value && canonicalRow(value);
  if (fast !== null && fast !== plainLine(clean(value))) {
    throw new Error(
      `the fast path returned ${JSON.stringify(fast)} for the record ${JSON.stringify(value?.toString('latin1'))}`,
    );
  }
  return {
    kind: cleaned.kind,
    values: cleaned.kind === 'row' ? cleaned.values : null,
    reasons: cleaned.kind === 'rejected' ? cleaned.reasons.map(({ column, reason }) => [column, reason] as const) : [],
    repairs: cleaned.kind === 'row' ? cleaned.repairs.map(({ column, repair }) => [column, repair] as const) : [],
    unknownFields: cleaned.kind === 'row' ? cleaned.unknownFields : 0,
  };
}

/** A row as the fast path writes it; null if the record needs the slow path. */
function plainLine(cleaned: Cleaned): string | null {
  return cleaned.kind === 'row' && cleaned.repairs.length === 0 && cleaned.unknownFields === 0
    ? cleaned.values.join('\t')
    : null;
}
