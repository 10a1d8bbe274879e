import { PipelineError } from '#platform/errors/pipeline-error.js';

export type ProducerErrorCode =
  | 'PRODUCER_ARGUMENTS_INVALID'
  | 'PRODUCER_FILE_CHANGED'
  | 'PRODUCER_FILE_UNREADABLE'
  | 'PRODUCER_FILES_REFUSED'
  | 'PRODUCER_POSITIONS_UNREADABLE'
  | 'PRODUCER_REFUSED_BY_KAFKA';

interface ProducerErrorOptions extends ErrorOptions {
  readonly retriable?: boolean;
}

/** Why the producer failed. Unless `retriable`, the input or the configuration has to change first. */
export class ProducerError extends PipelineError {
  override readonly retriable: boolean;

  constructor(
    readonly code: ProducerErrorCode,
    message: string,
    options: ProducerErrorOptions = {},
  ) {
    super(message, options);
    this.retriable = options.retriable ?? false;
  }
}
