import type { KafkaClientConfig } from '../../config/kafka-config.js';
import { AdminConnection } from '../admin-connection.js';
import { NO_TLS, WANTS_LOGIN } from './kafka-fault.js';
import { KafkaRefusedError } from './kafka-refused-error.js';
import { listenerKind } from './listener-kind.js';

/**
 * Connects once at start-up. Brokers that cannot be reached are an outage, which the app waits for.
 *
 * @throws KafkaRefusedError, which ends the app
 */
export async function failIfKafkaRefuses(config: KafkaClientConfig, name: string): Promise<void> {
  const error = await failureOf(config, name);
  if (error === undefined) return;
  if (error instanceof KafkaRefusedError) throw error;
  const why = (await Promise.all(config.KAFKA_BROKERS.map((address) => misunderstanding(address, config)))).find(
    (each) => each !== undefined,
  );
  if (why !== undefined) throw new KafkaRefusedError(why, { cause: error });
}

/** Why a listener ends connections without giving a reason; undefined if it may just be down. */
async function misunderstanding(address: string, config: KafkaClientConfig): Promise<string | undefined> {
  const { KAFKA_TLS: tls, KAFKA_SASL_MECHANISM: mechanism } = config;
  if (tls && (await listenerKind(address, false)) !== undefined) return `${address} ${NO_TLS}.`;
  if (mechanism !== undefined || (await listenerKind(address, tls)) !== 'login') return undefined;
  return `${address} ${WANTS_LOGIN}.`;
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
