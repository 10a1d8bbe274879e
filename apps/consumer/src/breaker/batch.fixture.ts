import type { Reason } from '#schema/contract.js';
import type { RejectedRecord, SourceRecord } from '../clean/clean-batch.js';
import type { Judged } from './rejection-window.js';

/** A cleaned batch with `bad` rejected records. */
export function batchOf(
  records: number,
  bad: number,
  reasons: readonly Reason[] = [{ column: 'id', reason: 'missing' }],
): Judged {
  const rejected: RejectedRecord[] = Array.from({ length: bad }, () => ({ reasons, source: {} as SourceRecord }));
  return { records, rejected };
}
