import { PipelineError } from '#platform/errors/pipeline-error.js';
import type { BadLinesReport } from './bad-lines-report.js';

/** At least one of the reference files has lines that cannot be loaded. */
export class BadLinesError extends PipelineError {
  override readonly code = 'REFERENCE_BAD_LINES';

  /** @param reports the reports of the files with problems. */
  constructor(readonly reports: readonly BadLinesReport[]) {
    const totals = reports.map(({ file, count }) =>
      count > 0 ? `${file} (bad lines: ${count})` : `${file} (not readable)`,
    );
    super(
      `Nothing was loaded because of ${totals.join(', ')}. Correct the lines reported above and run the command again.`,
    );
  }
}
