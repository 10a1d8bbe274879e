import type { Admin } from 'kafkajs';
import { topicSettings } from './topic-settings.js';

const POLICY = 'cleanup.policy';

/** What is wrong with a compacted message topic, and what to do about it. */
export function compactionFault(topic: string): { message: string; action: string } {
  return {
    message: `topic ${topic} is compacted (${POLICY}): Kafka removes records before they are read, and refuses records without a key`,
    action: `Change the policy: kafka-configs.sh --alter --topic ${topic} --add-config ${POLICY}=delete`,
  };
}

/** Whether Kafka keeps only the newest record of each key. False if this client may not describe the topic. @param admin connected. */
export async function isCompacted(admin: Pick<Admin, 'describeConfigs'>, topic: string): Promise<boolean> {
  try {
    const policy = (await topicSettings(admin, topic, [POLICY])).get(POLICY);
    return policy?.split(',').includes('compact') ?? false;
  } catch {
    return false;
  }
}
