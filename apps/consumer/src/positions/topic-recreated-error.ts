import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The topic was deleted. Reading restarts with the topic that has its name now. */
export class TopicRecreatedError extends PipelineError {
  override readonly code = 'CONSUMER_TOPIC_RECREATED';
  override readonly retriable = true;

  constructor(topic: string) {
    super(`topic ${topic} was deleted or recreated; reading restarts at the beginning of the new topic`);
  }
}
