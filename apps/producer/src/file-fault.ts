import { CsvError } from '#platform/csv/csv-error.js';
import { messageOf } from '#platform/errors/message-of.js';
import type { PipelineError } from '#platform/errors/pipeline-error.js';
import { ProducerError } from './producer-error.js';

/** What is wrong with a file itself; null for an error that it has no part in. @param file a path, or a pattern */
export function fileFault(file: string, error: unknown): PipelineError | null {
  if (error instanceof CsvError) return error;
  if (error instanceof ProducerError) return error.code === 'PRODUCER_FILE_CHANGED' ? error : null;
  return isSystemError(error)
    ? new ProducerError(
        'PRODUCER_FILE_UNREADABLE',
        `${file} cannot be read: ${messageOf(error)}. Check its permissions, those of its folder, and the disk or volume.`,
        { cause: error, retriable: true },
      )
    : null;
}

/** Node's error of a system call that failed. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
