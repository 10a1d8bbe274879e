import { PipelineError } from '#platform/errors/pipeline-error.js';

const USAGE = `Usage: consumer [--continue]

  --continue  accept bad records until their share has fallen, although the breaker would stop reading

All other settings are environment variables.`;

/** The command line is not valid. */
export class ConsumerUsageError extends PipelineError {
  override readonly code = 'CONSUMER_ARGUMENTS_INVALID';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${USAGE}`, options);
  }
}
