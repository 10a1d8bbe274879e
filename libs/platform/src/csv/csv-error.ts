import { PipelineError } from '../errors/pipeline-error.js';

export type CsvErrorCode =
  | 'CSV_FILE_NOT_FOUND'
  | 'CSV_FILE_TYPE_UNKNOWN'
  | 'CSV_FILE_CHANGED'
  | 'CSV_FILE_UNUSABLE'
  | 'CSV_FORMAT_UNKNOWN'
  | 'CSV_HEADER_INVALID'
  | 'CSV_GZIP_TRUNCATED'
  | 'CSV_GZIP_CORRUPT'
  | 'CSV_ZIP_INVALID';

/** Reading a CSV file failed. A bad line is not an error: the reader returns it as an `UnparsableLine`. */
export class CsvError extends PipelineError {
  constructor(
    readonly code: CsvErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
