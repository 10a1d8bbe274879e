import { PipelineError } from '#platform/errors/pipeline-error.js';

/** An entry of the table `pipelines` that is not of this pipeline. */
export interface OtherPipeline {
  readonly engine: string;
  readonly kafka_cluster: string;
  readonly topic: string;
  /** Seconds since it last said that it runs. */
  readonly seconds: number;
}

/** An engine whose entry is older than this counts as stopped. */
export const FORGOTTEN_AFTER_SECONDS = 60;

/** What it reads, as text. */
export function sourceOf({ topic, kafka_cluster: cluster }: Pick<OtherPipeline, 'topic' | 'kafka_cluster'>): string {
  return `topic "${topic}" of Kafka cluster ${cluster || 'without an id'}`;
}

/** An engine of another topic or Kafka cluster writes into the mart. Ends the consumer. */
export class AnotherPipelineError extends PipelineError {
  override readonly code = 'ANOTHER_PIPELINE';

  constructor({ engine, seconds, ...source }: OtherPipeline) {
    const remaining = Math.max(1, FORGOTTEN_AFTER_SECONDS - seconds);
    super(
      `Another pipeline writes into this mart: ${sourceOf(source)} (${engine}, seen ${seconds} s ago). Each mart has one pipeline: use ` +
        `another database, or stop that one first. If it has stopped, start again in ${remaining} s.`,
    );
  }
}
