import { PipelineError } from '#platform/errors/pipeline-error.js';

const USAGE = `Usage: mart-init [--reference DIR]
  Runs the migrations of the mart, then loads campaigns.csv, client_first_purchase_date.csv and holidays.csv from DIR.
  Without DIR only the migrations run. MART_INIT_REFERENCE does the same; DATABASE_URL says where the mart is.`;

/** The command line is not one of this program. */
export class UsageError extends PipelineError {
  override readonly code = 'USAGE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${USAGE}`, options);
  }
}
