import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isSameProcess, type ProcessIdentity } from './process-identity.js';
import { ServiceError } from './service-error.js';

/**
 * Claims this state folder for one process at a time: a second run would take over the first run's servers and stop them. The
 * claim of a dead process does not count.
 * @returns releases the claim
 * @throws ServiceError STATE_IN_USE, STATE_NOT_WRITABLE
 */
export function claimState(stateDir: string): () => void {
  const lockFile = join(stateDir, 'owner.json');
  const claim = `${lockFile}.${process.pid}`;
  writeClaim(stateDir, claim);
  try {
    for (;;) {
      try {
        linkSync(claim, lockFile); // appears complete or not at all
        return () => rmSync(lockFile, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = readOwner(lockFile);
      if (owner && isSameProcess(owner)) {
        throw new ServiceError(
          'STATE_IN_USE',
          `Another run (pid ${owner.pid}) uses ${stateDir}. End it first, or use another state folder.`,
        );
      }
      rmSync(lockFile, { force: true });
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

function writeClaim(stateDir: string, claim: string): void {
  try {
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(claim, JSON.stringify(identify(process.pid)));
  } catch (cause) {
    throw new ServiceError(
      'STATE_NOT_WRITABLE',
      `This user cannot write to the state folder ${stateDir}. Was it made by another user (sudo)? Then run as that user again, ` +
        'or remove the folder with its data.',
      { cause },
    );
  }
}

function readOwner(lockFile: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
