import type { Admin } from 'kafkajs';
import { isLeaderless, isUnknownTopic, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { compactionFault, isCompacted } from '#platform/kafka/cleanup-policy.js';
import type { Part, PartAnswer } from '../part.js';
import type { OffsetHistory } from '../offset-history.js';

export interface PartitionFigures {
  readonly partition: number;
  /** Broker that leads it. */
  readonly leader: number;
  readonly replicas: number;
  readonly in_sync: number;
  /** Of the oldest record that is still there, and of the next one that will come. */
  readonly oldest_offset: number;
  readonly end_offset: number;
}

export interface KafkaFigures {
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  readonly controller: number | null;
  readonly topic: string;
  readonly under_replicated: number;
  /** Offsets given out, see `recordsIn`; null while the topic cannot be read. */
  readonly produced: number | null;
  readonly partitions: readonly PartitionFigures[];
}

/** Settings of a topic seldom change. */
const POLICY_EVERY_MS = 30_000;

/** How long ago to look when the gateway has just started, in seconds. */
const LOOK_BACK = [604_800, 86_400, 21_600, 3600, 900, 300, 60, 10];

/** The brokers, and the topic of the messages. */
export class KafkaPart implements Part<KafkaFigures> {
  readonly name = 'kafka';
  readonly remedy = 'See whether the brokers run and can be reached at KAFKA_BROKERS, and what their logs say.';

  private policy = { isCompacted: false, askedAt: -Infinity };

  constructor(
    private readonly connection: AdminConnection,
    private readonly topic: string,
    private readonly history: OffsetHistory,
  ) {}

  ask(): Promise<PartAnswer<KafkaFigures>> {
    return this.connection.ask(async (admin) => {
      // At once: on a slow network each turn counts.
      const [described, topic] = await Promise.allSettled([admin.describeCluster(), this.topicFigures(admin)]);
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
        return { status: 'degraded', ...compactionFault(this.topic), figures: answer.figures };
      }
      if (isUnknownTopic(topic.reason)) {
        return {
          status: 'degraded',
          message: `topic ${this.topic} does not exist`,
          action: 'Start the producer or the consumer, which create it; or see whether KAFKA_TOPIC is right.',
          figures: { ...cluster, ...nothing },
        };
      }
      if (!isLeaderless(topic.reason)) throw topic.reason;
      return {
        status: 'down',
        message: `topic ${this.topic}: a partition has no leader`,
        action: 'Bring back the brokers that hold it (kafka-topics.sh --describe --unavailable-partitions names them).',
        figures: { ...cluster, ...nothing },
      };
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async isCompacted(admin: Admin): Promise<boolean> {
    const now = performance.now();
    if (now - this.policy.askedAt > POLICY_EVERY_MS) {
      this.policy = { isCompacted: await isCompacted(admin, this.topic), askedAt: now };
    }
    return this.policy.isCompacted;
  }

  private async topicFigures(admin: Admin) {
    const [metadata, ends] = await Promise.allSettled([
      admin.fetchTopicMetadata({ topics: [this.topic] }),
      admin.fetchTopicOffsets(this.topic),
      this.history.isEmpty && this.lookBack(admin),
    ]);
    // In this order: metadata know best what is wrong with the topic.
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

  /** For the history, which the consumer group goes on with. Kafka finds the first record of a time, so a gateway that has just started knows roughly when which record came. */
  private async lookBack(admin: Admin): Promise<void> {
    const now = Date.now();
    const moments = LOOK_BACK.map((seconds) => now - seconds * 1000);
    const found = await Promise.all(moments.map((at) => admin.fetchTopicOffsetsByTimestamp(this.topic, at)));
    for (const [index, offsets] of found.entries()) {
      for (const { partition, offset } of offsets) this.history.add(partition, Number(offset), moments[index]!);
    }
  }
}

function judge(figures: KafkaFigures): PartAnswer<KafkaFigures> {
  const { under_replicated: underReplicated, partitions, topic } = figures;
  if (underReplicated > 0) {
    return {
      status: 'degraded',
      message: `topic ${topic}: ${underReplicated} of ${partitions.length} partitions lack replicas`,
      action:
        'See which broker is missing or behind (kafka-topics.sh --describe --under-replicated-partitions names them).',
      figures,
    };
  }
  return { status: 'up', figures };
}
