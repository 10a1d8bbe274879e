import type { KafkaClientConfig } from '../../config/kafka-config.js';
import { AdminConnection } from '../admin-connection.js';
import { NO_TLS } from './kafka-fault.js';
import { KafkaRefusedError } from './kafka-refused-error.js';

/**
 * Connects once at start-up. Brokers that cannot be reached are an outage, which the app waits for.
 *
 * @throws KafkaRefusedError, which ends the app
 */
export async function failIfKafkaRefuses(config: KafkaClientConfig, name: string): Promise<void> {
  const error = await failureOf(config, name);
  if (error instanceof KafkaRefusedError) throw error;
  // Without TLS a broker ends the handshake, but so does one that is just stopping. In clear only the first of them answers.
  if (error === undefined || !config.KAFKA_TLS || (await failureOf(inClear(config), name)) !== undefined) return;
  throw new KafkaRefusedError(`Kafka at ${config.KAFKA_BROKERS.join()} ${NO_TLS}.`, { cause: error });
}

/** Why a connection cannot be opened; undefined if it can. */
async function failureOf(config: KafkaClientConfig, name: string): Promise<unknown> {
  const connection = new AdminConnection(config, `${name}-start`);
  try {
    await connection.run(() => Promise.resolve());
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await connection.close();
  }
}

/** Without the login, which must not be sent in clear. */
function inClear(config: KafkaClientConfig): KafkaClientConfig {
  return { ...config, KAFKA_TLS: false, KAFKA_SASL_MECHANISM: undefined };
}
