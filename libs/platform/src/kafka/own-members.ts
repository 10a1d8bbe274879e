import { AssignerProtocol, PartitionAssigners, type MemberDescription, type PartitionAssigner } from 'kafkajs';

const { MemberMetadata } = AssignerProtocol;

/** Marks the subscription of a consumer of this project. */
const OWN = Buffer.from('messages-pipeline');

/** kafkajs' round-robin assigner, with the mark of this project in the subscription. */
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

/** Whether a member of a stable group is a consumer of this project. Always false while the group rebalances. */
export function isOwnMember({ memberMetadata }: Pick<MemberDescription, 'memberMetadata'>): boolean {
  try {
    return MemberMetadata.decode(memberMetadata)?.userData?.equals(OWN) ?? false;
  } catch {
    return false;
  }
}
