/**
 * Base class of all errors that the pipeline throws on purpose. The message says what to do next and contains no secret; `cause` is
 * the original error. One class per file, each with its own code.
 */
export abstract class PipelineError extends Error {
  /** Stable, upper snake case. Scripts and alerts may match on it. */
  abstract readonly code: string;

  /** Whether the same call may succeed later although nothing is changed. */
  readonly retriable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
