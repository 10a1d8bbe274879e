import { fullCount } from '../../format/number.js';
import type { PipelineState } from '../../stream/pipeline-stream.js';
import { records, type Writing } from './words.js';

/** Where the records of the topic are, in one sentence that claims no more than is known; null if nothing is. */
export function accountsSentence({ accounts }: Pick<PipelineState, 'accounts'>, writing: Writing): string | null {
  const { verdict, records: all, lines, stored, quarantined, skipped, others } = accounts;
  const count = (value: number) => fullCount(value, writing.locale);
  if (stored === null || quarantined === null || all === null) {
    return stored === null || quarantined === null
      ? null
      : `${count(stored)} stored, ${count(quarantined)} in quarantine.`;
  }
  if (all === 0 && stored === 0 && quarantined === 0) return null;
  const parts = `${count(stored)} stored + ${count(quarantined)} in quarantine`;
  switch (verdict) {
    case 'complete':
      return `${parts} = ${records(all, writing, lines === all ? 'line' : 'record')}. Nothing is missing.`;
    case 'repeats': {
      const rest = others === 1 ? '1 made no row of its own' : `${count(others ?? 0)} made no row of their own`;
      return (
        `All ${records(all, writing)} of the topic are processed: ${parts}; ${rest} ` +
        '(sent again, an older or newer version, no value, or a transaction marker).'
      );
    }
    case 'running':
      // Without the sum: the counts are from different moments, and others repeat a record, so they would not add up.
      return `${count(stored)} stored, ${count(quarantined)} in quarantine so far; none was skipped.`;
    case 'skipped':
      return `${parts}; ${records(skipped ?? 0, writing)} of the topic ${skipped === 1 ? 'was' : 'were'} never read.`;
    case 'elsewhere':
      return `${parts}, more than the ${records(all, writing)} of the topic: some came by another way, such as a backfill.`;
    case 'unknown':
      return `${count(stored)} stored, ${count(quarantined)} in quarantine.`;
  }
}
