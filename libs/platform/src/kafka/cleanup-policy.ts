import type { Admin } from 'kafkajs';

const POLICY = 'cleanup.policy';
/** ConfigResourceTypes.TOPIC, which kafkajs exports in a form that ES modules cannot import by name. */
const TOPIC_RESOURCE = 2;

/** What is wrong with a topic of messages that is compacted, and what to do. */
export function compactionFault(topic: string): { message: string; action: string } {
  return {
    message: `topic ${topic} is compacted (${POLICY}): Kafka removes records before they are read, and refuses those without a key`,
    action: `Set it: kafka-configs.sh --alter --topic ${topic} --add-config ${POLICY}=delete`,
  };
}

/** Whether Kafka keeps only the newest record of each key. False where this client may not ask. @param admin connected. */
export async function isCompacted(admin: Pick<Admin, 'describeConfigs'>, topic: string): Promise<boolean> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: [POLICY] }],
    });
    return resources[0]!.configEntries.some(({ configValue }) => configValue.split(',').includes('compact'));
  } catch {
    return false;
  }
}
