import { PipelineError } from '#platform/errors/pipeline-error.js';

const USAGE = `Usage: npm run erase -- --client ID [--unblock]

  Erases a client from the mart and blocks the client: records of this client are not stored from then on.

  --client   the client_id
  --unblock  only ends the block, for a client who came back; erased rows stay erased

DATABASE_URL names the database, with the user of mart-init. KAFKA_BROKERS and KAFKA_TOPIC name the topic. The command reads
its retention and changes nothing in Kafka.`;

/** The command line is not valid. */
export class EraseUsageError extends PipelineError {
  override readonly code = 'USAGE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${USAGE}`, options);
  }
}
