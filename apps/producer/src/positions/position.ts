import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FilePosition, Fingerprint } from '#platform/kafka/file-position.js';
import { ProducerError } from '../producer-error.js';

const HEAD_BYTES = 64 * 1024;

export async function fingerprint(file: string): Promise<Fingerprint> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const headSha256 = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    return { file, size, headSha256 };
  } finally {
    await handle.close();
  }
}

/**
 * Where to begin in a file.
 *
 * @param stored its position from an earlier run.
 * @param fromStart begin anew whatever was stored.
 * @throws ProducerError PRODUCER_FILE_CHANGED when the file is not the one in which the stored position was.
 */
export function startingPosition(
  current: Fingerprint,
  stored: FilePosition | undefined,
  fromStart: boolean,
): FilePosition {
  const beginning = { ...current, offset: 0, line: 2, rows: 0, done: false };
  if (stored === undefined || fromStart) return beginning;

  const changes: string[] = [];
  if (stored.size !== current.size) changes.push(`its size was ${stored.size} bytes and is ${current.size} now`);
  if (stored.headSha256 !== current.headSha256) changes.push(`its first ${HEAD_BYTES / 1024} KiB differ`);
  if (changes.length === 0) return stored;
  throw new ProducerError(
    'PRODUCER_FILE_CHANGED',
    `${current.file} has changed since ${stored.rows} of its rows were produced: ${changes.join(', ')}. Give the new file another ` +
      'name, or produce all of it with --from-start (rows that are in the mart already change nothing).',
  );
}
