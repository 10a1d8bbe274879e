import { EntitySchema } from 'typeorm';

/** An engine that writes into the mart, and what it reads. */
export interface RunningPipeline {
  process: string;
  engine: 'consumer' | 'spark';
  kafka_cluster: string;
  topic: string;
  seen_at: Date;
}

export const pipelineEntity = new EntitySchema<RunningPipeline>({
  name: 'pipelines',
  tableName: 'pipelines',
  columns: {
    process: { type: 'uuid', primary: true, comment: 'Random id of the process' },
    engine: { type: 'text', comment: 'consumer or spark' },
    kafka_cluster: { type: 'text', comment: 'Id of the Kafka cluster; empty if the brokers have none' },
    topic: { type: 'text', comment: 'Kafka topic' },
    seen_at: {
      type: 'timestamptz',
      default: () => 'now()',
      comment:
        'When the engine last said that it runs; a stopped one is no longer listed, a killed one counts for a minute',
    },
  },
});
