import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The app was told to stop before its work was done. */
export class InterruptedError extends PipelineError {
  override readonly code = 'INTERRUPTED';
  override readonly retriable = true;

  constructor(options?: ErrorOptions) {
    super('Stopped before the end; the step under way was rolled back. Run the command again.', options);
  }
}
