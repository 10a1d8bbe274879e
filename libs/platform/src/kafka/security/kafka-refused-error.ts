import { PipelineError } from '../../errors/pipeline-error.js';

/** The brokers are up but refuse this client, or it does not trust them. Retrying does not help. */
export class KafkaRefusedError extends PipelineError {
  override readonly code = 'KAFKA_REFUSED';
}
