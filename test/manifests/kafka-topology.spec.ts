import { expect, it } from '@jest/globals';
import type { Manifest } from '../support/manifests/kubernetes.js';
import { ManifestSet } from '../support/manifests/manifest-set.js';
import { kafkaTopology } from '../support/manifests/rules/kafka-topology.js';

const ONE = {
  KAFKA_DEFAULT_REPLICATION_FACTOR: '1',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_MIN_INSYNC_REPLICAS: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '0@kafka-0.brokers:9093',
};
const THREE = {
  KAFKA_DEFAULT_REPLICATION_FACTOR: '3',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '3',
  KAFKA_MIN_INSYNC_REPLICAS: '2',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '2',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '0@kafka-0.brokers:9093,1@kafka-1.brokers:9093,2@kafka-2.brokers:9093',
};

function workload(kind: string, name: string, spec: object, variables: Readonly<Record<string, string>>): Manifest {
  const env = Object.entries(variables).map(([variable, value]) => ({ name: variable, value }));
  const template = { spec: { containers: [{ name, env }] } };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { ...spec, template } } as Manifest;
}

function violations(brokers: number, settings: Readonly<Record<string, string>>, consumers = 1, copies = brokers) {
  const topic = { KAFKA_TOPIC: 'a', KAFKA_TOPIC_PARTITIONS: '2', KAFKA_TOPIC_REPLICATION: String(copies) };
  return kafkaTopology.violations(
    new ManifestSet([
      workload('StatefulSet', 'kafka', { replicas: brokers, serviceName: 'brokers' }, settings),
      workload('Deployment', 'consumer', { replicas: consumers }, topic),
    ]),
  );
}

it('accepts one broker or three', () => {
  expect([violations(1, ONE), violations(3, THREE, 2)]).toEqual([[], []]);
});

it.each(Object.keys(THREE))('%s must fit three brokers', (name) => {
  expect(violations(3, { ...THREE, [name]: ONE[name as keyof typeof ONE] })).toEqual([
    expect.stringContaining(`StatefulSet/kafka, 3 brokers: ${name} is `),
  ]);
});

it('a topic has one replica per broker', () => {
  expect(violations(3, THREE, 1, 1)).toEqual(['Deployment/consumer, 3 brokers: KAFKA_TOPIC_REPLICATION is 1, not 3']);
});

it('every consumer has a partition', () => {
  expect(violations(1, ONE, 3)).toEqual(['Deployment/consumer: up to 3 pods for 2 partitions']);
});
