import { logLevel } from 'kafkajs';
import type { Client } from 'pg';
import { DatabaseClient } from '#platform/database/database-client.js';
import { readEnv, type Environment } from '#platform/config/env.js';
import { kafkaProblems, kafkaShape, type KafkaConfig } from '#platform/config/kafka-config.js';
import { databaseUrlProblem, urlsByHost } from '#platform/config/database-url.js';
import { connectionFault } from '#platform/database/connection-fault.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { failIfKafkaRefuses } from '#platform/kafka/security/fail-if-refused.js';
import { ConfigError } from '#platform/errors/config-error.js';
import { ServiceError } from './service-error.js';

const ANSWER_WITHIN_MS = 5_000;

/**
 * Resolves when these brokers answer an admin request and name at least one broker; rejects with kafkajs' error.
 *
 * @param env has the variables of the connection, such as KAFKA_TLS
 * @returns the id of the cluster
 */
export async function pingKafka(
  brokers: readonly string[],
  withinMs = ANSWER_WITHIN_MS,
  env: Environment = {},
): Promise<string> {
  const kafka = createKafka(configOf(brokers, env), 'local-services', {
    logLevel: logLevel.NOTHING, // a server that is still starting is not worth a log line
    connectionTimeout: withinMs,
    requestTimeout: withinMs,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error('The Kafka cluster has no broker yet');
    await admin.listTopics();
    return cluster.clusterId;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function configOf(brokers: readonly string[], env: Environment): KafkaConfig {
  return readEnv(kafkaShape, { ...env, KAFKA_BROKERS: brokers.join() }, kafkaProblems);
}

/** Resolves when the database answers a query. */
export async function pingPostgres(url: string, withinMs = ANSWER_WITHIN_MS): Promise<void> {
  await withPostgres(url, (client) => client.query('select 1'), withinMs);
}

/** Runs `work` on a connection and closes it. */
export async function withPostgres<T>(
  url: string,
  work: (client: Client) => Promise<T>,
  withinMs = ANSWER_WITHIN_MS,
): Promise<T> {
  const client = new DatabaseClient(url, {
    application_name: 'local-services',
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
  });
  client.on('error', () => undefined); // the waiting query reports a lost connection
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @throws ServiceError KAFKA_UNREACHABLE */
export async function checkConfiguredKafka(brokers: readonly string[], env: Environment): Promise<void> {
  try {
    await pingKafka(brokers, ANSWER_WITHIN_MS, env);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    await failIfKafkaRefuses(configOf(brokers, env), 'local-services').catch((refused: Error) => {
      const text = `Kafka at ${brokers.join(',')} cannot be used: ${refused.message}`;
      throw new ServiceError('KAFKA_UNREACHABLE', text, { cause: refused });
    });
    throw new ServiceError(
      'KAFKA_UNREACHABLE',
      `KAFKA_BROKERS is ${brokers.join(',')}, but no Kafka answers there (${messageOf(cause)}). ` +
        'Correct it, or unset it to have npm start start one.',
      { cause },
    );
  }
}

/** @throws ServiceError POSTGRES_UNREACHABLE */
export async function checkConfiguredPostgres(databaseUrl: string): Promise<void> {
  const problem =
    databaseUrlProblem(databaseUrl) ??
    (urlsByHost(databaseUrl).length > 1
      ? 'names several hosts, which the apps accept but npm start does not'
      : undefined);
  // Omit the value: it holds the password.
  if (problem !== undefined)
    throw new ServiceError('POSTGRES_UNREACHABLE', `DATABASE_URL (value not shown) ${problem}.`);
  try {
    await pingPostgres(databaseUrl);
  } catch (cause) {
    const fault = connectionFault(cause);
    if (fault !== undefined) {
      const text = `PostgreSQL at ${withoutSecrets(databaseUrl)} refuses the connection: ${fault}`;
      throw new ServiceError('POSTGRES_UNREACHABLE', text, { cause });
    }
    throw new ServiceError(
      'POSTGRES_UNREACHABLE',
      `DATABASE_URL names ${withoutSecrets(databaseUrl)}, but no PostgreSQL answers there (${messageOf(cause)}). ` +
        'Correct it, or unset it to have npm start start one.',
      { cause },
    );
  }
}

/** Host, port and database of a connection URL. Everything else is left out, because several parts can hold a password. */
export function withoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** An AggregateError (several addresses of one host name failed) has an empty message, so use its code. */
function messageOf(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException;
  return error.message || error.code || String(cause);
}
