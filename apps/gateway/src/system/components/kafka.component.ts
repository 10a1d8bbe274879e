import type { Admin } from 'kafkajs';
import { isLeaderless, isUnknownTopic, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { compactionFault, isCompacted } from '#platform/kafka/cleanup-policy.js';
import type { Component, ProbeResponse } from '../component.js';
import type { OffsetHistory } from '../offset-history.js';
import { deniedResponse } from './denied-response.js';

export interface PartitionDetails {
  readonly partition: number;
  /** Id of the broker that leads it. */
  readonly leader: number;
  readonly replicas: number;
  readonly in_sync: number;
  /** Offset of the oldest record that Kafka still has, and of the next one. */
  readonly oldest_offset: number;
  readonly end_offset: number;
}

export interface KafkaDetails {
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  readonly controller: number | null;
  readonly topic: string;
  readonly under_replicated: number;
  /** Sum of the end offsets, see `recordsIn`; null while the topic cannot be read. */
  readonly produced: number | null;
  readonly partitions: readonly PartitionDetails[];
}

/** The settings of a topic seldom change. */
const POLICY_EVERY_MS = 30_000;

/** How far to look back when the gateway starts, in seconds. */
const LOOK_BACK = [604_800, 86_400, 21_600, 3600, 900, 300, 60, 10];

/** The brokers, and the topic of the messages. */
export class KafkaComponent implements Component<KafkaDetails> {
  readonly name = 'kafka';
  readonly remedy = 'Check that the brokers run and are reachable at KAFKA_BROKERS, and read their logs.';

  private policy = { isCompacted: false, checkedAt: -Infinity };

  constructor(
    private readonly connection: AdminConnection,
    private readonly topic: string,
    private readonly history: OffsetHistory,
  ) {}

  probe(): Promise<ProbeResponse<KafkaDetails>> {
    return this.connection.run(async (admin) => {
      // In parallel: on a slow network each round trip counts.
      const [described, topic] = await Promise.allSettled([admin.describeCluster(), this.topicDetails(admin)]);
      if (described.status === 'rejected') throw described.reason;
      const { brokers, controller } = described.value;
      const cluster = {
        brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` })),
        controller,
        topic: this.topic,
      };
      const nothing = { under_replicated: 0, produced: null, partitions: [] };
      if (topic.status === 'fulfilled') {
        const answer = judge({ ...cluster, ...topic.value });
        if (answer.status !== 'up' || !(await this.isCompacted(admin))) return answer;
        return { status: 'degraded', ...compactionFault(this.topic), details: answer.details };
      }
      if (isUnknownTopic(topic.reason)) {
        return {
          status: 'degraded',
          message: `topic ${this.topic} does not exist`,
          action: 'Start the producer or the consumer, which create it; or check KAFKA_TOPIC.',
          details: { ...cluster, ...nothing },
        };
      }
      const denied = deniedResponse(topic.reason, [{ resource: 'topic', name: this.topic, operations: ['Describe'] }]);
      if (denied) return { ...denied, details: { ...cluster, ...nothing } };
      if (!isLeaderless(topic.reason)) throw topic.reason;
      return {
        status: 'down',
        message: `topic ${this.topic}: a partition has no leader`,
        action: 'Start the brokers that hold it (kafka-topics.sh --describe --unavailable-partitions names them).',
        runbook: 'KafkaPartitionWithoutLeader',
        details: { ...cluster, ...nothing },
      };
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async isCompacted(admin: Admin): Promise<boolean> {
    const now = performance.now();
    if (now - this.policy.checkedAt > POLICY_EVERY_MS) {
      this.policy = { isCompacted: await isCompacted(admin, this.topic), checkedAt: now };
    }
    return this.policy.isCompacted;
  }

  private async topicDetails(admin: Admin) {
    const [metadata, ends] = await Promise.allSettled([
      admin.fetchTopicMetadata({ topics: [this.topic] }),
      admin.fetchTopicOffsets(this.topic),
      this.history.isEmpty && this.lookBack(admin),
    ]);
    // In this order, because the error of the metadata is more precise.
    if (metadata.status === 'rejected') throw metadata.reason;
    if (ends.status === 'rejected') throw ends.reason;
    const described = metadata.value.topics[0]?.partitions ?? [];
    const offsets = ends.value;
    const partitions = described
      .map(({ partitionId: partition, leader, replicas, isr }) => {
        const offset = offsets.find((each) => each.partition === partition);
        return {
          partition,
          leader,
          replicas: replicas.length,
          in_sync: isr.length,
          oldest_offset: Number(offset?.low ?? 0),
          end_offset: Number(offset?.high ?? 0),
        };
      })
      .sort((one, other) => one.partition - other.partition);
    return {
      under_replicated: partitions.filter(({ replicas, in_sync }) => in_sync < replicas).length,
      produced: partitions.reduce((sum, { end_offset }) => sum + end_offset, 0),
      partitions,
    };
  }

  /**
   * Fills the history from before the gateway started; the consumer group continues it. Kafka finds the first offset after a given
   * time, so the age of each record is roughly known at once.
   */
  private async lookBack(admin: Admin): Promise<void> {
    const now = Date.now();
    const moments = LOOK_BACK.map((seconds) => now - seconds * 1000);
    const found = await Promise.all(moments.map((at) => admin.fetchTopicOffsetsByTimestamp(this.topic, at)));
    for (const [index, offsets] of found.entries()) {
      for (const { partition, offset } of offsets) this.history.add(partition, Number(offset), moments[index]!);
    }
  }
}

function judge(details: KafkaDetails): ProbeResponse<KafkaDetails> {
  const { under_replicated: underReplicated, partitions, topic } = details;
  if (underReplicated > 0) {
    return {
      status: 'degraded',
      message: `topic ${topic}: ${underReplicated} of ${partitions.length} partitions lack replicas`,
      action:
        'Find the broker that is missing or behind (kafka-topics.sh --describe --under-replicated-partitions names it).',
      runbook: 'KafkaUnderReplicated',
      details,
    };
  }
  return { status: 'up', details };
}
