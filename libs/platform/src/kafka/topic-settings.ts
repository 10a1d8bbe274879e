import type { Admin } from 'kafkajs';

/** ConfigResourceTypes.TOPIC, which ES modules cannot import from kafkajs by name. */
const TOPIC_RESOURCE = 2;

/** Settings of a topic by name, those of the broker where the topic has none. @param admin connected. @throws errors of Kafka */
export async function topicSettings(
  admin: Pick<Admin, 'describeConfigs'>,
  topic: string,
  names: string[],
): Promise<ReadonlyMap<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: names }],
  });
  return new Map(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
}
