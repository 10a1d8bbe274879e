import { LOG_DIR, STATE_DIR } from '../services/local-state.js';
import { startServices, type Services } from '../services/services.js';
import { configuredServers } from './config/environment.js';

/**
 * Starts Kafka and PostgreSQL, or uses those of KAFKA_BROKERS and DATABASE_URL.
 *
 * @param log prints a line of progress
 * @throws ServiceError; the signal's reason
 */
export function startServers(signal: AbortSignal, log: (line: string) => void): Promise<Services> {
  return startServices({ stateDir: STATE_DIR, logDir: LOG_DIR, ...configuredServers(), signal, log });
}
