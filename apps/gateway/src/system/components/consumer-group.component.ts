import { AssignerProtocol, type MemberDescription } from 'kafkajs';
import { isUnknownTopic, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { readCommitMark } from '#platform/kafka/commit-mark.js';
import { OpenTransactions, openTransactionFault, type ReadPosition } from '#platform/kafka/open-transactions.js';
import { isOwnMember } from '#platform/kafka/own-members.js';
import { readableEnds } from '#platform/kafka/readable-ends.js';
import { topicIdOf } from '#platform/kafka/topic-ids.js';
import type { OffsetHistory } from '../offset-history.js';
import type { Component, ProbeResponse } from '../component.js';
import { deniedResponse } from './denied-response.js';

export interface PartitionLag {
  readonly partition: number;
  /** Offset of the next record to read; null if the group never committed. */
  readonly committed_offset: number | null;
  readonly lag: number;
  /** Age of the oldest uncommitted record; 0 if there is none, null if unknown. */
  readonly seconds_behind: number | null;
}

export interface GroupMember {
  readonly id: string;
  readonly client_id: string;
  readonly host: string;
  /** False for another program; null while the group rebalances. */
  readonly is_consumer: boolean | null;
  readonly partitions: readonly number[];
}

export interface ConsumerGroupDetails {
  readonly group: string;
  /** As Kafka names it: Stable, PreparingRebalance, CompletingRebalance, Empty or Dead. */
  readonly state: string;
  readonly members: readonly GroupMember[];
  /** Committed and uncommitted records of the topic. */
  readonly consumed: number;
  readonly lag: number;
  readonly seconds_behind: number | null;
  readonly partitions: readonly PartitionLag[];
}

/** A group with lag whose offsets do not move for this long is stuck. A restart or a rebalance takes less. */
const STUCK_AFTER_MS = 30_000;

const OTHERS_ACTION =
  'Give that program its own group, or set CONSUMER_GROUP_ID to give the consumers another one. The records it took are counted once ' +
  'the consumers have its partitions again: see RecordsSkipped in the runbook.';

/** The consumer group: its members, offsets and lag. */
export class ConsumerGroupComponent implements Component<ConsumerGroupDetails> {
  readonly name = 'consumer_group';
  readonly remedy = 'See the component kafka. If it is up, read the log of the broker that coordinates the group.';
  /** The last time the group made progress (or had no lag or no members), and its committed records at that time. */
  private progress = { at: Date.now(), consumed: -1 };
  private judgedAt = 0;
  private readonly openTransactions = new OpenTransactions();
  /** Set while an open transaction holds up the group. */
  private heldUp: ReadPosition | undefined;
  /** Committed records; undefined before the first response. */
  consumed: number | undefined;

  /** @param isExpected whether the consumer writes the mart */
  constructor(
    private readonly connection: AdminConnection,
    private readonly topic: string,
    private readonly group: string,
    private readonly isExpected: boolean,
    private readonly history: OffsetHistory,
  ) {}

  async probe(): Promise<ProbeResponse<ConsumerGroupDetails>> {
    try {
      return this.judge(await this.details());
    } catch (error) {
      const denied = deniedResponse(error, [
        { resource: 'topic', name: this.topic, operations: ['Describe'] },
        { resource: 'group', name: this.group, operations: ['Describe'] },
      ]);
      if (denied) return denied;
      if (!isUnknownTopic(error)) throw error;
      return {
        status: this.isExpected ? 'degraded' : 'absent',
        message: `topic ${this.topic} does not exist, so the group has no members`,
        action: 'See the component kafka.',
      };
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private details(): Promise<ConsumerGroupDetails> {
    const { group, topic } = this;
    return this.connection.run(async (admin) => {
      // In parallel: on a slow network each round trip counts. An offset may therefore be past the end; the lag is then 0.
      const [{ groups }, [committed], ends, readable, { topics }] = await Promise.all([
        admin.describeGroups([group]),
        admin.fetchOffsets({ groupId: group, topics: [topic] }),
        admin.fetchTopicOffsets(topic),
        readableEnds(admin, topic),
        admin.fetchTopicMetadata({ topics: [topic] }),
      ]);
      const topicId = topics[0] && topicIdOf(topics[0]);
      const now = Date.now();
      // The Kafka component adds the first, older samples.
      if (!this.history.isEmpty) {
        for (const { partition, high } of ends) this.history.add(partition, Number(high), now);
      }
      const offsets = new Map(
        committed?.partitions
          .filter(({ metadata }) => isOfTopic(topicId, metadata))
          .map(({ partition, offset }) => [partition, Number(offset)]),
      );
      const partitions = ends
        .map(({ partition, low, high }) =>
          this.lagOf(partition, offsets.get(partition) ?? -1, Number(low), Number(high), now),
        )
        .sort((one, other) => one.partition - other.partition);
      const heldUp = ends
        .map(({ partition, low, high }) => ({
          topic,
          partition,
          next: Math.max(offsets.get(partition) ?? 0, Number(low)),
          readableEnd: Number(readable.get(partition) ?? high),
          end: Number(high),
        }))
        .filter((place) => this.openTransactions.check(place, now));
      [this.heldUp] = heldUp;
      return {
        group,
        state: groups[0]?.state ?? 'Dead',
        members: (groups[0]?.members ?? []).map((member) => memberOf(member, topic, groups[0]!.state === 'Stable')),
        consumed: partitions.reduce((sum, each) => sum + (each.committed_offset ?? 0), 0),
        lag: partitions.reduce((sum, each) => sum + each.lag, 0),
        seconds_behind: greatest(partitions.map((each) => each.seconds_behind)),
        partitions,
      };
    });
  }

  /** Records that Kafka has deleted do not count as lag: nobody can read them any more. */
  private lagOf(partition: number, committed: number, low: number, high: number, now: number): PartitionLag {
    const next = Math.max(committed, low);
    const lag = Math.max(0, high - next);
    return {
      partition,
      committed_offset: committed < 0 ? null : committed,
      lag,
      seconds_behind: lag === 0 ? 0 : tenths(this.history.ageOf(partition, next, now)),
    };
  }

  private judge(details: ConsumerGroupDetails): ProbeResponse<ConsumerGroupDetails> {
    const { group, members, lag, consumed, state } = details;
    this.consumed = consumed;
    const now = Date.now();
    const couldProgress = members.length > 0 && now - this.judgedAt < STUCK_AFTER_MS;
    if (lag === 0 || consumed !== this.progress.consumed || !couldProgress) this.progress = { at: now, consumed };
    this.judgedAt = now;
    if (!this.isExpected && members.length === 0) {
      return { status: 'absent', message: 'Spark writes the mart; no consumer is expected', details };
    }
    if (members.length === 0) {
      return {
        status: lag > 0 ? 'down' : 'degraded',
        message: `the group ${group} has no members, ${lag} records are waiting`,
        action:
          'Start a consumer; if it ended, its log says why. Nothing is lost: it continues at the committed offsets.',
        runbook: 'ConsumerDead',
        details,
      };
    }
    const others = members.filter((member) => member.is_consumer === false);
    if (others.length > 0) {
      const [{ client_id: clientId, host }] = others as [GroupMember];
      return {
        // Records assigned to other programs never reach the mart.
        status: others.length === members.length && this.isExpected ? 'down' : 'degraded',
        message:
          `another program is in the group ${group} (client id ${clientId}, host ${host}` +
          `${others.length > 1 ? `, and ${others.length - 1} more` : ''}): the records it reads do not reach the mart`,
        action: OTHERS_ACTION,
        runbook: 'RecordsSkipped',
        details,
      };
    }
    if (this.heldUp)
      return { status: 'degraded', ...openTransactionFault(this.heldUp), runbook: 'ConsumerStuck', details };
    const stuckMs = now - this.progress.at;
    if (stuckMs > STUCK_AFTER_MS) {
      return {
        status: 'degraded',
        message: `${lag} records are waiting, and none was committed for ${Math.round(stuckMs / 1000)} s`,
        action: "The consumer's /readyz and its log say what it waits for.",
        runbook: 'ConsumerStuck',
        details,
      };
    }
    return { status: 'up', ...(state === 'Stable' ? {} : { message: `the group is in state ${state}` }), details };
  }
}

/** Offsets committed for an earlier topic of this name do not count: the consumer reads the new topic from its start. */
function isOfTopic(topicId: string | undefined, metadata: string | null): boolean {
  const mark = readCommitMark(metadata);
  return !mark || topicId === undefined || mark === topicId;
}

function memberOf(member: MemberDescription, topic: string, isStable: boolean): GroupMember {
  const { memberId, clientId, clientHost, memberAssignment } = member;
  // Empty while the group rebalances.
  const assignment = memberAssignment.length > 0 ? AssignerProtocol.MemberAssignment.decode(memberAssignment) : null;
  return {
    id: memberId,
    client_id: clientId,
    is_consumer: isStable ? isOwnMember(member) : null,
    host: clientHost.replace(/^\//, ''),
    partitions: (assignment?.assignment[topic] ?? []).sort((one, other) => one - other),
  };
}

/** null if one of them is unknown. */
function greatest(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : Math.max(0, ...(values as number[]));
}

function tenths(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 10) / 10;
}
