import { PipelineError } from './pipeline-error.js';

/** A topic could not be created or described. */
export class TopicError extends PipelineError {
  override readonly code = 'TOPIC_UNAVAILABLE';

  constructor(
    message: string,
    override readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
