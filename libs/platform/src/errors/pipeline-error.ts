/**
 * Base of every error the pipeline raises on purpose: its message says what to do next and never holds a secret, `cause`
 * keeps what led to it. One class a file, each with its own code.
 */
export abstract class PipelineError extends Error {
  /** Stable, upper snake case; what scripts and alerts match on. */
  abstract readonly code: string;

  /** True when the same call may succeed later without anybody changing anything. */
  readonly retriable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
