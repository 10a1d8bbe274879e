import { PipelineError } from '#platform/errors/pipeline-error.js';

/** No entry, or more than one, has the id that was given, or it cannot be sent again. */
export class EntryError extends PipelineError {
  override readonly code = 'QUARANTINE_ENTRY';
}
