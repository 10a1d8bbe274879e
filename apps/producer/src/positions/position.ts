import { createHash } from 'node:crypto';
import type { Content } from '#platform/csv/content-sum.js';
import { fileCalls } from '#platform/csv/file-calls.js';
import { openWithoutWaiting } from '#platform/csv/source-file.js';
import type { FilePosition, Fingerprint } from '#platform/producer-positions/file-position.js';
import { ProducerError } from '../producer-error.js';

const HEAD_BYTES = 64 * 1024;

export async function fingerprint(file: string): Promise<Required<Fingerprint>> {
  const handle = await openWithoutWaiting(file);
  try {
    const { size, mtimeNs, ctimeNs } = await fileCalls.answer(file, () => handle.stat({ bigint: true }));
    const { buffer, bytesRead } = await fileCalls.answer(file, () =>
      handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0),
    );
    const headSha256 = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    // No inode: network file systems and mounted buckets number anew. A file that is put in another's place has its own ctime.
    return { file, size: Number(size), headSha256, changedAt: `${mtimeNs} ${ctimeNs}` };
  } finally {
    await fileCalls.answer(file, () => handle.close());
  }
}

/** Whether the file begins with that content, or is all of it. */
export type HasContent = (content: Content, whole: boolean) => Promise<boolean>;

/**
 * Where to begin in a file. A file that was written, moved or mounted since is compared with all that was read of it.
 *
 * @param stored its position from an earlier run.
 * @param fromStart begin anew whatever was stored.
 * @throws ProducerError PRODUCER_FILE_CHANGED when the file is not the one in which the stored position was.
 */
export async function startingPosition(
  current: Fingerprint,
  stored: FilePosition | undefined,
  fromStart: boolean,
  hasContent: HasContent,
): Promise<FilePosition> {
  const isUntouched = stored === undefined || (stored.rows === 0 && !stored.done);
  if (isUntouched || fromStart) return { ...current, offset: 0, line: 2, rows: 0, done: false };
  const { done, content } = stored;
  const changes: string[] = [];
  // A file that was still being written when it was read may have become longer.
  if (done || content === undefined) {
    if (stored.size !== current.size) changes.push(`its size was ${stored.size} bytes and is ${current.size} now`);
    if (stored.headSha256 !== current.headSha256) changes.push(`its first ${HEAD_BYTES / 1024} KiB differ`);
  }
  if (changes.length === 0 && content !== undefined && stored.changedAt !== current.changedAt) {
    if (!(await hasContent(content, done))) {
      changes.push(`the ${content.bytes} bytes that were read differ (uncompressed)`);
    }
  }
  if (changes.length === 0) return { ...stored, ...current };
  throw new ProducerError(
    'PRODUCER_FILE_CHANGED',
    `${current.file} has changed since ${stored.rows} of its rows were produced: ${changes.join(', ')}. Give the new file another ` +
      'name, or produce all of it with --from-start (rows that are in the mart already change nothing).',
  );
}

/**
 * The file at its end, after all of it was read: what the position of a complete file is about.
 *
 * @param start what it was when reading began
 * @throws ProducerError PRODUCER_FILE_CHANGED when what was read is not what the file is now
 */
export async function finalFingerprint(
  start: Fingerprint,
  content: Content | undefined,
  hasContent: HasContent,
): Promise<Fingerprint> {
  const now = await fingerprint(start.file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw changedWhileRead(`${start.file} was deleted or renamed while it was read.`, error);
  });
  if (now.size === start.size && now.changedAt === start.changedAt) return now;
  const same =
    content === undefined
      ? now.size === start.size && now.headSha256 === start.headSha256
      : await hasContent(content, true);
  if (same) return now;
  throw changedWhileRead(`${start.file} was written to or replaced while it was read.`);
}

/** @param what happened */
export function changedWhileRead(what: string, cause?: unknown): ProducerError {
  return new ProducerError(
    'PRODUCER_FILE_CHANGED',
    `${what} All that could be read is sent. The next run goes on there if what was read is still the same, and says so if not.`,
    { cause },
  );
}
