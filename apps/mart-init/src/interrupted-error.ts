import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The app was stopped before it finished. */
export class InterruptedError extends PipelineError {
  override readonly code = 'INTERRUPTED';
  override readonly retriable = true;

  constructor(options?: ErrorOptions) {
    super('Stopped before the end; the current step was rolled back. Run the command again.', options);
  }
}
