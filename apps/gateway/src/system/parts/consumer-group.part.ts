import { AssignerProtocol, type MemberDescription } from 'kafkajs';
import { isUnknownTopic, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { readCommitMark } from '#platform/kafka/commit-mark.js';
import { OpenTransactions, openTransactionFault, type ReadPlace } from '#platform/kafka/open-transactions.js';
import { isOwnMember } from '#platform/kafka/own-members.js';
import { readableEnds } from '#platform/kafka/readable-ends.js';
import { topicIdOf } from '#platform/kafka/topic-ids.js';
import type { OffsetHistory } from '../offset-history.js';
import type { Part, PartAnswer } from '../part.js';

export interface PartitionLag {
  readonly partition: number;
  /** Next record that the group will take; null where it never committed. */
  readonly committed_offset: number | null;
  readonly lag: number;
  /** Age of the oldest record that is not committed; 0 where there is none, null where it is not known. */
  readonly seconds_behind: number | null;
}

export interface GroupMember {
  readonly id: string;
  readonly client_id: string;
  readonly host: string;
  /** False of another program; null while the group rebalances. */
  readonly is_consumer: boolean | null;
  readonly partitions: readonly number[];
}

export interface ConsumerGroupFigures {
  readonly group: string;
  /** As Kafka says: Stable, PreparingRebalance, CompletingRebalance, Empty, Dead. */
  readonly state: string;
  readonly members: readonly GroupMember[];
  /** Records of the topic that are committed, and those that are not. */
  readonly consumed: number;
  readonly lag: number;
  readonly seconds_behind: number | null;
  readonly partitions: readonly PartitionLag[];
}

/** A group whose offsets stand still for so long although there are records is stuck. A restart or a rebalance takes less. */
const STUCK_AFTER_MS = 30_000;

const OTHERS_ACTION =
  'Give that program a group of its own, or the consumers another one by CONSUMER_GROUP_ID. What it took is counted when the consumers ' +
  'have its partitions again: see RecordsSkipped in the runbook.';

/** The consumers' group: who is in it and how far it is. */
export class ConsumerGroupPart implements Part<ConsumerGroupFigures> {
  readonly name = 'consumer_group';
  readonly remedy =
    'See the part kafka; if that is up, see what the log of the broker that coordinates the group says.';
  /** When the group last had no lag, got further, or had nobody to get it further; and where it was. */
  private progress = { at: Date.now(), consumed: -1 };
  private judgedAt = 0;
  private readonly openTransactions = new OpenTransactions();
  /** Where the group is held up by one, if it is. */
  private heldUp: ReadPlace | undefined;
  /** Records that the group has committed; undefined before its first answer. */
  consumed: number | undefined;

  /** @param isExpected whether it is the consumer that writes the mart. */
  constructor(
    private readonly connection: AdminConnection,
    private readonly topic: string,
    private readonly group: string,
    private readonly isExpected: boolean,
    private readonly history: OffsetHistory,
  ) {}

  async ask(): Promise<PartAnswer<ConsumerGroupFigures>> {
    try {
      return this.judge(await this.figures());
    } catch (error) {
      if (!isUnknownTopic(error)) throw error;
      return {
        status: this.isExpected ? 'degraded' : 'absent',
        message: `topic ${this.topic} does not exist, so nobody can be in the group`,
        action: 'See the part kafka.',
      };
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private figures(): Promise<ConsumerGroupFigures> {
    const { group, topic } = this;
    return this.connection.ask(async (admin) => {
      // At once: on a slow network each turn counts. What is committed may so lie beyond an end, which is no lag.
      const [{ groups }, [committed], ends, readable, { topics }] = await Promise.all([
        admin.describeGroups([group]),
        admin.fetchOffsets({ groupId: group, topics: [topic] }),
        admin.fetchTopicOffsets(topic),
        readableEnds(admin, topic),
        admin.fetchTopicMetadata({ topics: [topic] }),
      ]);
      const topicId = topics[0] && topicIdOf(topics[0]);
      const now = Date.now();
      // The first to be added are older: those that the part kafka looks back to.
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
        .filter((place) => this.openTransactions.see(place, now));
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

  /** What Kafka has deleted meanwhile is no lag: nobody can read it any more. */
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

  private judge(figures: ConsumerGroupFigures): PartAnswer<ConsumerGroupFigures> {
    const { group, members, lag, consumed, state } = figures;
    this.consumed = consumed;
    const now = Date.now();
    const couldProgress = members.length > 0 && now - this.judgedAt < STUCK_AFTER_MS;
    if (lag === 0 || consumed !== this.progress.consumed || !couldProgress) this.progress = { at: now, consumed };
    this.judgedAt = now;
    if (!this.isExpected && members.length === 0) {
      return { status: 'absent', message: 'Spark writes the mart, no consumer is expected', figures };
    }
    if (members.length === 0) {
      return {
        status: lag > 0 ? 'down' : 'degraded',
        message: `nobody is in the group ${group}, ${lag} records wait`,
        action:
          'Start a consumer, or see in its log why it ended. Nothing is lost: it goes on at the committed offsets.',
        figures,
      };
    }
    const others = members.filter((member) => member.is_consumer === false);
    if (others.length > 0) {
      const [{ client_id: clientId, host }] = others as [GroupMember];
      return {
        // What only others are given never reaches the mart.
        status: others.length === members.length && this.isExpected ? 'down' : 'degraded',
        message:
          `another program is in the group ${group} (client id ${clientId}, host ${host}` +
          `${others.length > 1 ? `, and ${others.length - 1} more` : ''}): the records that it takes do not reach the mart`,
        action: OTHERS_ACTION,
        figures,
      };
    }
    if (this.heldUp) return { status: 'degraded', ...openTransactionFault(this.heldUp), figures };
    const stuckMs = now - this.progress.at;
    if (stuckMs > STUCK_AFTER_MS) {
      return {
        status: 'degraded',
        message: `${lag} records wait and none was committed for ${Math.round(stuckMs / 1000)} s`,
        action: "See the consumer's /readyz, which says what it waits for, and its log.",
        figures,
      };
    }
    return { status: 'up', ...(state === 'Stable' ? {} : { message: `the group is in state ${state}` }), figures };
  }
}

/** An offset that was committed for a topic before counts for nothing: the consumer begins at the start of the new one. */
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

/** null where one of them is not known. */
function greatest(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : Math.max(0, ...(values as number[]));
}

function tenths(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 10) / 10;
}
