import { fullCount, percent } from '../../format/number.js';
import { CHECKS, findingsOf, messagesOf, openRanges, type CheckRow, type SkippedRange } from './checks.js';

/** Whether the data can be trusted: lost records first, then what the checks found. */
export function qualitySentence(
  rows: readonly CheckRow[] | null,
  ranges: readonly SkippedRange[] | null,
): string | null {
  const lost = openRanges(ranges ?? []);
  if (lost.length > 0) {
    const records = lost.reduce((sum, { from_offset, to_offset }) => sum + to_offset - from_offset, 0);
    return `Up to ${fullCount(records)} ${records === 1 ? 'record was' : 'records were'} never read: see the skipped records.`;
  }
  if (rows === null) return null;
  if (messagesOf(rows) === 0) return 'The mart has no messages yet, so there is nothing to check.';
  const findings = findingsOf(rows);
  const [worst] = findings;
  if (worst === undefined) return 'The checks found nothing. Two more read all rows and run on request.';
  const { detail, figure, of_total, share } = worst;
  const what = `${CHECKS[worst.check_name]!.title.toLowerCase()} (${detail})`;
  const part = of_total === null ? '' : ` of ${fullCount(of_total)}${share === null ? '' : `, ${percent(share)}`}`;
  const found =
    findings.length === 1 ? 'One check found something' : `${fullCount(findings.length)} checks found something`;
  return `${found}. The most frequent: ${what}, ${fullCount(figure)}${part}.`;
}
