import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The database has no list of erased clients, or belongs to somebody else. */
export class NotOwnerError extends PipelineError {
  override readonly code = 'ERASE_NOT_OWNER';

  /** @param owner of the schema erasure; undefined if there is none */
  constructor(user: string, owner: string | undefined) {
    super(
      owner === undefined
        ? 'Nothing was erased: this database has no schema erasure. Check DATABASE_URL, or run mart-init of this version first.'
        : `Nothing was erased: ${user} does not own the mart. Name its owner ${owner}, the user of mart-init, in DATABASE_URL.`,
    );
  }
}
