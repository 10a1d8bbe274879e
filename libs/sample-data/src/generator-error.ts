export type GeneratorErrorCode = 'BAD_OPTION' | 'BAD_AGGREGATE' | 'UNREADABLE_AGGREGATE' | 'CANNOT_WRITE';

/** An error of the generator, whose message says what to do. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError';

  constructor(
    readonly code: GeneratorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
