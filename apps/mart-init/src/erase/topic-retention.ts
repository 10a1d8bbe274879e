import { AdminConnection } from '#platform/kafka/admin-connection.js';
import type { KafkaConfig } from '#platform/config/kafka-config.js';
import { topicSettings } from '#platform/kafka/topic-settings.js';
import { messageOf } from '#platform/errors/message-of.js';

/** How long Kafka keeps the records of the topic. Never throws: the erasure does not depend on Kafka. */
export async function topicRetention(config: KafkaConfig, now: Date): Promise<string> {
  const topic = config.KAFKA_TOPIC;
  const connection = new AdminConnection(config, 'erase');
  try {
    const settings = await connection.run((admin) => topicSettings(admin, topic, ['cleanup.policy', 'retention.ms']));
    return describeRetention(topic, settings, now);
  } catch (error) {
    return (
      `The topic ${topic} was not asked: Kafka at ${config.KAFKA_BROKERS.join(',')} gave no answer (${messageOf(error)}). It keeps records ` +
      `of the client for its retention.ms`
    );
  } finally {
    await connection.close();
  }
}

/** @param settings of the topic by name */
export function describeRetention(topic: string, settings: ReadonlyMap<string, string>, now: Date): string {
  const policy = settings.get('cleanup.policy') ?? 'unknown';
  const milliseconds = Number(settings.get('retention.ms'));
  const text = `The topic ${topic} (cleanup.policy=${policy}, retention.ms=${settings.get('retention.ms') ?? 'unknown'})`;
  if (!policy.split(',').includes('delete') || !(milliseconds >= 0)) {
    return `${text} keeps records of the client until somebody deletes them: lower retention.ms, or delete the topic`;
  }
  const end = new Date(now.getTime() + milliseconds);
  const day = Number.isNaN(end.getTime()) ? 'further than dates go' : end.toISOString().slice(0, 10);
  return `${text} keeps records of the client written until now until about ${day}; a segment is deleted as a whole, so some stay longer`;
}
