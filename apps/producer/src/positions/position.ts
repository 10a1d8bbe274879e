import { createHash } from 'node:crypto';
import type { Content } from '#platform/csv/content-sum.js';
import { fileCalls } from '#platform/csv/file-calls.js';
import { openNonBlocking } from '#platform/csv/source-file.js';
import type { FilePosition, Fingerprint } from '#platform/producer-positions/file-position.js';
import { ProducerError } from '../producer-error.js';

const HEAD_BYTES = 64 * 1024;

export async function fingerprint(file: string): Promise<Required<Fingerprint>> {
  const handle = await openNonBlocking(file);
  try {
    const { size, mtimeNs, ctimeNs } = await fileCalls.run(file, () => handle.stat({ bigint: true }));
    const { buffer, bytesRead } = await fileCalls.run(file, () =>
      handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0),
    );
    const headSha256 = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    // Without the inode: network file systems and mounted buckets renumber. A file that replaces another has a new ctime.
    return { file, size: Number(size), headSha256, changedAt: `${mtimeNs} ${ctimeNs}` };
  } finally {
    await fileCalls.run(file, () => handle.close());
  }
}

/** Whether the file begins with the content or, with `whole`, consists of nothing else. */
export type HasContent = (content: Content, whole: boolean) => Promise<boolean>;

/**
 * Where to start in a file. If the file was written, moved or mounted since, the part already read is compared first.
 *
 * @param stored its position from an earlier run.
 * @param fromStart start at the first row, whatever the stored position.
 * @throws ProducerError PRODUCER_FILE_CHANGED when the stored position belongs to different content.
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
  // An unfinished file may have grown since it was read.
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
      'name, or produce all of it with --from-start (rows already in the mart do not change).',
  );
}

/**
 * The fingerprint to store with the position of a finished file.
 *
 * @param start the fingerprint when reading began
 * @throws ProducerError PRODUCER_FILE_CHANGED when the file no longer has the content that was read
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

/** @param what describes what happened to the file */
export function changedWhileRead(what: string, cause?: unknown): ProducerError {
  return new ProducerError(
    'PRODUCER_FILE_CHANGED',
    `${what} The rows read before that were sent. The next run resumes there if those rows are unchanged, and reports an error if not.`,
    { cause },
  );
}
