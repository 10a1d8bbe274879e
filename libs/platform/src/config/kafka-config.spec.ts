import { describe, expect, it } from '@jest/globals';
import { readEnv } from './env.js';
import { kafkaShape } from './kafka-config.js';

describe('kafkaShape', () => {
  it('has defaults for one broker on this machine', () => {
    expect(readEnv(kafkaShape, {})).toEqual({
      KAFKA_BROKERS: ['localhost:9092'],
      KAFKA_TOPIC: 'message_data',
      KAFKA_TOPIC_PARTITIONS: 6,
      KAFKA_TOPIC_REPLICATION: 1,
      KAFKA_TOPIC_MAX_MESSAGE_BYTES: 8_388_608,
    });
  });

  it.each([
    ['KAFKA_BROKERS', 'kafka-service:9092,[::1]:9093', ['kafka-service:9092', '[::1]:9093']],
    ['KAFKA_CLIENT_ID', 'consumer-3', 'consumer-3'],
    ['KAFKA_TOPIC', 'messages.v2_x-1', 'messages.v2_x-1'],
    ['KAFKA_TOPIC_PARTITIONS', '12', 12],
    ['KAFKA_TOPIC_REPLICATION', '3', 3],
    ['KAFKA_TOPIC_MAX_MESSAGE_BYTES', '1048576', 1_048_576],
  ])('%s accepts %s', (name, value, expected) => {
    expect(readEnv(kafkaShape, { [name]: value })).toHaveProperty(name, expected);
  });

  it.each([
    ['KAFKA_BROKERS', 'kafka-service'],
    ['KAFKA_BROKERS', 'kafka-service:9092,'],
    ['KAFKA_BROKERS', 'http://kafka-service:9092'],
    ['KAFKA_TOPIC', 'message data'],
    ['KAFKA_TOPIC', 'x'.repeat(250)],
    ['KAFKA_TOPIC_PARTITIONS', '0'],
    ['KAFKA_TOPIC_PARTITIONS', 'many'],
    ['KAFKA_TOPIC_REPLICATION', '0'],
    ['KAFKA_TOPIC_REPLICATION', '32768'],
    ['KAFKA_TOPIC_MAX_MESSAGE_BYTES', '8MiB'],
  ])('%s refuses %s', (name, value) => {
    expect(() => readEnv(kafkaShape, { [name]: value })).toThrow(`${name}="${value}": must be`);
  });
});
