import { environmentOf } from '../environment.js';
import type { Labels } from '../kubernetes.js';
import type { ManifestSet } from '../manifest-set.js';
import type { Rule } from '../rule.js';

/** One replica per broker, at most three, of which all but one must be in sync: one broker may fail. */
export const kafkaTopology: Rule = {
  name: 'replication, quorum and partitions match the number of brokers and consumers',
  violations: (set) => {
    const kafka = set.workload('kafka');
    const broker = kafka?.pod.containers[0];
    if (kafka === undefined || broker === undefined) return idleConsumers(set);
    const brokers = kafka.replicas ?? 1;
    const copies = String(Math.min(brokers, 3));
    const inSync = String(Math.max(1, Math.min(brokers, 3) - 1));
    const voters = Array.from({ length: brokers }, (_, index) => `${index}@kafka-${index}.${kafka.serviceName}:9093`);
    return [
      ...differences(`${kafka.id}, ${brokers} brokers`, environmentOf(set, broker).variables, {
        KAFKA_DEFAULT_REPLICATION_FACTOR: copies,
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: copies,
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: copies,
        KAFKA_MIN_INSYNC_REPLICAS: inSync,
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: inSync,
        KAFKA_CONTROLLER_QUORUM_VOTERS: voters.join(','),
      }),
      ...topicUsers(set).flatMap(({ id, variables }) =>
        differences(`${id}, ${brokers} brokers`, variables, { KAFKA_TOPIC_REPLICATION: copies }),
      ),
      ...idleConsumers(set),
    ];
  },
};

function topicUsers(set: ManifestSet): { id: string; variables: Labels }[] {
  return set.workloads.flatMap(({ id, containers }) =>
    containers
      .map((container) => ({ id, variables: environmentOf(set, container).variables }))
      .filter(({ variables }) => 'KAFKA_TOPIC' in variables),
  );
}

function differences(id: string, variables: Labels, expected: Labels): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => variables[name] !== value)
    .map(([name, value]) => `${id}: ${name} is ${variables[name]}, not ${value}`);
}

/** A consumer without a partition is idle. */
function idleConsumers(set: ManifestSet): string[] {
  const consumer = set.workload('consumer');
  if (consumer === undefined) return [];
  const spec = set.autoscalerOf(consumer)?.spec;
  const most = spec?.maxReplicas ?? spec?.maxReplicaCount ?? consumer.replicas ?? 1;
  const partitions = Number(environmentOf(set, consumer.pod.containers[0]!).variables.KAFKA_TOPIC_PARTITIONS);
  return most <= partitions ? [] : [`${consumer.id}: up to ${most} pods for ${partitions} partitions`];
}
