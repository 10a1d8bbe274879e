import { AssignerProtocol, PartitionAssigners, type MemberDescription, type PartitionAssigner } from 'kafkajs';

const { MemberMetadata } = AssignerProtocol;

/** What a consumer of this project leaves in its subscription, for others to know it by. */
const OWN = Buffer.from('messages-pipeline');

/** kafkajs' round robin, by a member that can be told from those of other programs. */
export const ownAssigner: PartitionAssigner = (config) => {
  const assigner = PartitionAssigners.roundRobin(config);
  return {
    ...assigner,
    protocol: ({ topics }) => ({
      name: assigner.name,
      metadata: MemberMetadata.encode({ version: assigner.version, topics, userData: OWN }),
    }),
  };
};

/** Whether a member of a stable group is a consumer of this project; Kafka tells nothing of it while the group rebalances. */
export function isOwnMember({ memberMetadata }: Pick<MemberDescription, 'memberMetadata'>): boolean {
  try {
    return MemberMetadata.decode(memberMetadata)?.userData?.equals(OWN) ?? false;
  } catch {
    return false;
  }
}
