import { PipelineError } from '#platform/errors/pipeline-error.js';
import type { BadLinesReport } from './bad-lines-report.js';

/** At least one of the reference files cannot be loaded as a whole. */
export class BadLinesError extends PipelineError {
  override readonly code = 'REFERENCE_BAD_LINES';

  /** @param reports those of the files with problems. */
  constructor(readonly reports: readonly BadLinesReport[]) {
    const totals = reports.map(({ file, count }) =>
      count > 0 ? `${file} (bad lines: ${count})` : `${file} (not readable)`,
    );
    super(
      `Nothing was loaded because of ${totals.join(', ')}. Correct what is reported above and run the command again.`,
    );
  }
}
