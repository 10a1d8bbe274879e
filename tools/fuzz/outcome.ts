import { clean, type Cleaned } from '#schema/cleaner.js';
import { contract } from '#schema/contract.js';
import { verbatimLine } from '#schema/verbatim-line.js';
import { type FuzzRecord } from './fuzz-record.js';

/** What the TypeScript cleaner makes of a record, in a form that an engine in another language can be held to. */
export interface Outcome {
  readonly kind: Cleaned['kind'];
  /** Canonical texts in the contract's order; null for what is no row. */
  readonly values: readonly (string | null)[] | null;
  readonly reasons: readonly (readonly [column: string | null, reason: string])[];
  readonly repairs: readonly (readonly [column: string, repair: string])[];
  readonly unknownFields: number;
}

/** @throws Error where the cleaner's short way would make something else of the record than its long way does */
export function outcomeOf({ value, headers }: FuzzRecord): Outcome {
  const cleaned = clean(
    value,
    headers.some(([key]) => key === contract.record.unparsableHeader),
  );
  const short = value && verbatimLine(value);
  if (short !== null && short !== plainLine(clean(value))) {
    throw new Error(
      `the short way makes ${JSON.stringify(short)} of the record ${JSON.stringify(value?.toString('latin1'))}`,
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

/** A row in the short way's form; null where it has to leave the record to the long one. */
function plainLine(cleaned: Cleaned): string | null {
  return cleaned.kind === 'row' && cleaned.repairs.length === 0 && cleaned.unknownFields === 0
    ? cleaned.values.join('\t')
    : null;
}
