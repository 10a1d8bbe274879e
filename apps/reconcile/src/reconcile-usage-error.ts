import { PipelineError } from '#platform/errors/pipeline-error.js';

const USAGE = `Usage: npm run reconcile -- FILE… [--strict] [--json] [--repair]

  Looks up every line of message files in the mart and in quarantine, and compares contents.

  FILE      .csv, .csv.gz or .zip file, or a pattern in quotes with * and ?
  --strict  also lists rows of the mart that no file has
  --json    prints the result as JSON
  --repair  sends missing lines through the topic again, and sets altered rows to the file's contents

DATABASE_URL names the mart. KAFKA_BROKERS and KAFKA_TOPIC name the topic, for --repair only. The exit code is 0 if
every line is accounted for, 1 if not or if it cannot be told, 2 for a wrong command line.`;

/** The command line is not valid. */
export class ReconcileUsageError extends PipelineError {
  override readonly code = 'USAGE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${USAGE}`, options);
  }
}
