import { isOfType, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { kafkaFault } from '#platform/kafka/security/kafka-fault.js';
import { isDenied, missingRight } from '#platform/kafka/security/missing-right.js';
import { isOwnMember } from '#platform/kafka/own-members.js';

/** Returns the error unchanged, or one that says what an operator can do about it. */
export async function explainFailure(error: Error, group: string, connection: AdminConnection): Promise<Error> {
  const fault = kafkaFault(error);
  if (fault !== undefined) return new Error(fault, { cause: error });
  if (isDenied(error, 'group')) {
    const { message, action } = missingRight({ resource: 'group', name: group, operations: ['Read'] });
    return new Error(`${message}. ${action}`, { cause: error });
  }
  if (!isOfType(error, 'INCONSISTENT_GROUP_PROTOCOL')) return error;
  const who = await describeOthers(group, connection).catch(() => 'its members cannot be described');
  return new Error(
    `group ${group} is used by another program (${who}); give that program its own group, or set ` +
      'CONSUMER_GROUP_ID to give the consumers another one',
    { cause: error },
  );
}

async function describeOthers(group: string, connection: AdminConnection): Promise<string> {
  const { groups } = await connection.run((admin) => admin.describeGroups([group]));
  const others = groups[0]!.members.filter((member) => !isOwnMember(member));
  return others
    .map(({ clientId, clientHost }) => `client id ${clientId}, host ${clientHost.replace('/', '')}`)
    .join('; ');
}
