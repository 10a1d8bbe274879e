import { z } from 'zod';
import { commaList, integer, positiveInteger, type ConfigOf } from './env.js';

const BROKER_ADDRESS = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}$/i;

/** Variables of every app that uses Kafka; spread them into the app's shape. */
export const kafkaShape = {
  KAFKA_BROKERS: commaList(BROKER_ADDRESS, 'a comma-separated list of host:port').default(['localhost:9092']),
  /** Default: the name of the app. */
  KAFKA_CLIENT_ID: z.string().optional(),
  KAFKA_TOPIC: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,249}$/, { error: 'must be 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"' })
    .default('message_data'),
  KAFKA_TOPIC_PARTITIONS: positiveInteger().default(6),
  KAFKA_TOPIC_REPLICATION: integer(1, 32_767).default(1),
  /** Eight times the largest record that the contract accepts, so that larger ones still reach quarantine. */
  KAFKA_TOPIC_MAX_MESSAGE_BYTES: positiveInteger().default(8_388_608),
};

export type KafkaConfig = ConfigOf<typeof kafkaShape>;
