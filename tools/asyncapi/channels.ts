import { readEnv } from '#platform/config/env.js';
import { kafkaShape } from '#platform/config/kafka-config.js';
import { positionsTopic } from '#platform/producer-positions/file-position.js';
import { messageTopic, type TopicSpec } from '#platform/kafka/ensure-topic.js';
import { BINDING_VERSION, type MessageName } from './messages.js';

/** The topics as created by default. */
const topic = messageTopic(readEnv(kafkaShape, {}));
const ofPositions = positionsTopic(topic.topic, topic.replication);

export const servers = {
  kafka: {
    host: '{host}:{port}',
    protocol: 'kafka',
    title: 'The Kafka cluster',
    description: 'Any broker of the cluster; `KAFKA_BROKERS` lists several, separated by commas.',
    variables: {
      host: { default: 'localhost', description: 'Host name or address of a broker', examples: ['kafka-service'] },
      port: { default: '9092', description: 'Port of its listener' },
    },
  },
};

/** AsyncAPI channel objects by name. */
export const channels = {
  messages: {
    address: topic.topic,
    title: 'Messages to clients',
    description: `One record for each row and each unparsable line of the message files. \`KAFKA_TOPIC\` sets the name.

The app that starts first, producer or consumer, creates the topic with the settings below, which are the defaults of
\`KAFKA_TOPIC_PARTITIONS\`, \`KAFKA_TOPIC_REPLICATION\` and \`KAFKA_TOPIC_MAX_MESSAGE_BYTES\`. The producer also sets \`retention.ms\` if
\`KAFKA_TOPIC_RETENTION_MS\` is set. An existing topic stays unchanged.

A record with a key goes to the partition that Kafka's Java client would choose, \`(murmur2(key) & 0x7fffffff) % partitions\`, so
all versions of a row are in one partition. A record without a key goes to partition \`line number % partitions\`. Delivery is at
least once. A record without a value (a tombstone) is counted and skipped.`,
    servers: [{ $ref: '#/servers/kafka' }],
    messages: messagesOf(['record', 'unparsableLine']),
    bindings: { kafka: channelBinding(topic) },
  },
  positions: {
    address: ofPositions.topic,
    title: 'Positions of the producer',
    description: `The newest position in each message file, where a restarted producer resumes. The name is that of the messages' topic
followed by \`_positions\`. The topic is compacted, and no tombstones are written.`,
    servers: [{ $ref: '#/servers/kafka' }],
    messages: messagesOf(['position']),
    bindings: { kafka: channelBinding(ofPositions) },
  },
};

/** AsyncAPI operation objects by name. The document covers the whole pipeline: the tag names the app of an operation. */
export const operations = {
  produceMessages: {
    title: 'Send the rows of the files',
    ...operation('send', 'messages', ['record', 'unparsableLine'], 'producer'),
    description:
      'By an idempotent producer, one request at a time, which keeps the order within a partition. All replicas acknowledge it.',
  },
  consumeMessages: {
    title: 'Write the messages to the mart',
    ...operation('receive', 'messages', ['record', 'unparsableLine'], 'consumer'),
    description: 'Offsets are committed after PostgreSQL has committed.',
    bindings: {
      kafka: {
        groupId: { type: 'string', default: 'messages-consumer', description: 'Set by `CONSUMER_GROUP_ID`' },
        bindingVersion: BINDING_VERSION,
      },
    },
  },
  streamMessages: {
    title: 'Write the messages to the mart, as a second engine',
    ...operation('receive', 'messages', ['record', 'unparsableLine'], 'spark-job'),
    description: 'Positions are in the checkpoint of the streaming query; Spark commits no offsets.',
    bindings: {
      kafka: {
        groupId: {
          type: 'string',
          pattern: '^spark-kafka-source-',
          description: 'Chosen by Spark, new for each query',
        },
        bindingVersion: BINDING_VERSION,
      },
    },
  },
  storePositions: {
    title: 'Store how far a file is acknowledged',
    ...operation('send', 'positions', ['position'], 'producer'),
  },
  readPositions: {
    title: 'Find where to resume',
    ...operation('receive', 'positions', ['position'], 'producer'),
    description: 'Once at the start of the producer, from the beginning of the topic to its end.',
    bindings: {
      kafka: {
        groupId: {
          type: 'string',
          pattern: `^${ofPositions.topic}_reader_`,
          description: 'New with each run, deleted afterwards',
        },
        bindingVersion: BINDING_VERSION,
      },
    },
  },
};

function operation(
  action: 'send' | 'receive',
  channel: 'messages' | 'positions',
  messages: readonly MessageName[],
  app: string,
) {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    tags: [{ name: app }],
    messages: messages.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}

function messagesOf(names: readonly MessageName[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function channelBinding({ partitions, replication, config = {} }: TopicSpec) {
  return {
    partitions,
    replicas: replication,
    topicConfiguration: Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, name === 'cleanup.policy' ? [value] : Number(value)]),
    ),
    bindingVersion: BINDING_VERSION,
  };
}
