import { startServices } from '../../dist/dev/services/services.js';

/** Starts Kafka and PostgreSQL for the integration suites, or uses those of KAFKA_BROKERS and DATABASE_URL. */
export default async function start() {
  const services = await startServices({
    stateDir: '.local/test',
    kafkaBrokers: process.env.KAFKA_BROKERS,
    databaseUrl: process.env.DATABASE_URL,
    log: (line) => console.log(line),
  });
  process.env.KAFKA_BROKERS = services.kafkaBrokers;
  process.env.DATABASE_URL = services.databaseUrl;
  globalThis.services = services;
}
