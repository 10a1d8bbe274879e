import type { PartState } from './part.js';
import type { ConsumerGroupFigures } from './parts/consumer-group.part.js';
import type { KafkaFigures } from './parts/kafka.part.js';
import type { MartFigures } from './parts/mart.part.js';
import type { PostgresqlFigures } from './parts/postgresql.part.js';
import type { ProducerFigures } from './parts/producer.part.js';
import type { SparkFigures } from './parts/spark.part.js';

interface Figures {
  readonly kafka: KafkaFigures;
  readonly consumer_group: ConsumerGroupFigures;
  readonly producer: ProducerFigures;
  readonly postgresql: PostgresqlFigures;
  readonly mart: MartFigures;
  readonly spark: SparkFigures;
}

/** What is known of each part, by its name. */
export type SystemState = { readonly [Name in keyof Figures]: PartState<Figures[Name]> & { readonly name: Name } };

export type AnyState = SystemState[keyof SystemState];
