import { CsvError } from '#platform/csv/csv-error.js';
import { messageOf } from '#platform/errors/message-of.js';
import type { PipelineError } from '#platform/errors/pipeline-error.js';
import { ProducerError } from './producer-error.js';

/** The reason to refuse a file; null if the file did not cause the error. @param file a path, or a pattern */
export function fileFault(file: string, error: unknown): PipelineError | null {
  if (error instanceof CsvError) return error;
  if (error instanceof ProducerError) return error.code === 'PRODUCER_FILE_CHANGED' ? error : null;
  if (!isSystemError(error)) return null;
  return new ProducerError(
    'PRODUCER_FILE_UNREADABLE',
    `${file} cannot be read: ${messageOf(error)}. ${REMEDIES[error.code ?? ''] ?? 'Check the disk or volume.'}`,
    {
      cause: error,
      retriable: true,
    },
  );
}

const PERMISSIONS = 'Check its permissions and those of its folder.';
const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'It existed a moment ago. Unless you moved it on purpose, check what deletes files there.',
  EISDIR: 'It is a folder. Name the files in it.',
  EACCES: PERMISSIONS,
  EPERM: PERMISSIONS,
  ELOOP: 'A symbolic link in its path leads back to itself.',
  EMFILE: 'Too many files are open on this machine.',
  ENFILE: 'Too many files are open on this machine.',
};

/** Whether Node raised this error for a failed system call. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
