import { PipelineError } from '#platform/errors/pipeline-error.js';

const USAGE = `Usage: mart-init [--reference DIR]

  Migrates the mart's database and loads the reference files from DIR.

  --reference  folder with campaigns.csv, client_first_purchase_date.csv, holidays.csv and optionally
               holiday_corrections.csv (MART_INIT_REFERENCE); default: run the migrations only

DATABASE_URL names the database. The name in parentheses is an environment variable; the option overrides it.`;

/** The command line is not valid. */
export class UsageError extends PipelineError {
  override readonly code = 'USAGE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${USAGE}`, options);
  }
}
