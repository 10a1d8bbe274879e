import type { ComponentState } from './component.js';
import type { ConsumerGroupDetails } from './components/consumer-group.component.js';
import type { KafkaDetails } from './components/kafka.component.js';
import type { MartDetails } from './components/mart.component.js';
import type { PostgresqlDetails } from './components/postgresql.component.js';
import type { ProducerDetails } from './components/producer.component.js';
import type { ReadServerDetails } from './components/read-server.component.js';
import type { SparkDetails } from './components/spark.component.js';

interface Details {
  readonly kafka: KafkaDetails;
  readonly consumer_group: ConsumerGroupDetails;
  readonly producer: ProducerDetails;
  readonly postgresql: PostgresqlDetails;
  readonly mart: MartDetails;
  readonly read_server: ReadServerDetails;
  readonly spark: SparkDetails;
}

/** The state of each component, by its name. */
export type SystemState = { readonly [Name in keyof Details]: ComponentState<Details[Name]> & { readonly name: Name } };

export type AnyState = SystemState[keyof SystemState];
