import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { toolEnvironment } from './config/tool-environment.js';
import { checkGivenKafka, checkGivenPostgres } from './connect.js';
import type { BrokerSettings, ProxiedListener } from './kafka-properties.js';
import { KafkaServer } from './kafka-server.js';
import { reachableFolderFor } from './postgres-account.js';
import { PostgresServer } from './postgres-server.js';
import { findProjectRoot } from './project.js';
import { ServiceError } from './service-error.js';
import { claimState } from './state-lock.js';

export interface ServicesOptions {
  /** Data, ports and passwords of the servers; one run at a time. Started again on it, they have the same data and ports. */
  stateDir: string;
  /** Where kafka.log and postgres.log go; `logs` in the state folder unless given. */
  logDir?: string;
  /** Where Kafka's jars are kept (45 MB); may serve several state folders. `.local/cache` of the project unless given. */
  cacheDir?: string;
  /** host:port[,host:port]: use this Kafka, start none. */
  kafkaBrokers?: string;
  /** postgres://…: use this PostgreSQL, start none. */
  databaseUrl?: string;
  /** Of the Kafka that is started here: a second listener, before which a TCP proxy stands. */
  proxiedKafka?: ProxiedListener;
  /** Settings of that Kafka, in place of the project's own. */
  kafkaSettings?: BrokerSettings;
  /** Leave the servers running at stop(); the next run on the same state folder takes them over in no time. */
  keepRunning?: boolean;
  /** Ends what has been started so far; startServices then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** PATH and JAVA_HOME for Java and Maven; those of this process unless given. */
  env?: NodeJS.ProcessEnv;
  /** Progress, one line at a time. */
  log?: (line: string) => void;
}

export interface Services {
  /** host:port[,host:port] */
  kafkaBrokers: string;
  databaseUrl: string;
  /** Only there when it was started (or taken over) here. */
  kafka?: KafkaServer;
  postgres?: PostgresServer;
  /** Ends the servers that were started here; resolves when they are gone. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Real Kafka and PostgreSQL: the given ones, else started on this machine, both at the same time. Resolves when both answer;
 * when one fails, the other is ended and the failure is thrown.
 * @throws ServiceError its message says what to do next
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { kafkaBrokers, databaseUrl, signal } = options;
  signal?.throwIfAborted();
  if (process.platform === 'win32' && !(kafkaBrokers && databaseUrl)) {
    throw new ServiceError(
      'PLATFORM_NOT_SUPPORTED',
      'Kafka and PostgreSQL are started here on Linux and macOS only. Use WSL 2, or set KAFKA_BROKERS and DATABASE_URL to servers that are already there.',
    );
  }
  const stateDir = resolve(options.stateDir);
  const releaseState = kafkaBrokers && databaseUrl ? () => undefined : claimState(stateDir); // no servers here, no state
  const { kafka, postgres } = createServers(stateDir, options);
  const endServers = async (): Promise<void> => {
    await all(kafka?.stop(), postgres?.stop());
  };
  const onAbort = () => void endServers().catch(() => undefined); // its failure shows itself in the stop below

  try {
    signal?.addEventListener('abort', onAbort, { once: true });
    await all(
      kafka?.start() ?? checkGivenKafka(splitBrokers(kafkaBrokers ?? '')),
      postgres?.start() ?? checkGivenPostgres(databaseUrl ?? ''),
    );
    signal?.throwIfAborted();
  } catch (error) {
    await endServers().finally(releaseState);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }

  let stopped: Promise<void> | undefined;
  return {
    kafkaBrokers: kafka?.brokers ?? kafkaBrokers ?? '',
    databaseUrl: postgres?.databaseUrl ?? databaseUrl ?? '',
    kafka,
    postgres,
    stop: () => (stopped ??= (options.keepRunning ? Promise.resolve() : endServers()).finally(releaseState)),
  };
}

/**
 * Ends servers that a killed run left behind and removes their data, so that the next start begins with empty ones.
 * @throws ServiceError STATE_IN_USE
 */
export async function resetServices(options: Pick<ServicesOptions, 'stateDir' | 'log'>): Promise<void> {
  const stateDir = resolve(options.stateDir);
  const releaseState = claimState(stateDir);
  try {
    const { kafka, postgres } = createServers(stateDir, options);
    await all(kafka?.endOrphan(), postgres?.endOrphan());
    for (const folder of [
      join(stateDir, 'kafka'),
      join(stateDir, 'postgres'),
      reachableFolderFor(join(stateDir, 'postgres')),
    ]) {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    releaseState();
  }
}

function createServers(stateDir: string, options: ServicesOptions): { kafka?: KafkaServer; postgres?: PostgresServer } {
  const logDir = resolve(options.logDir ?? join(stateDir, 'logs'));
  const cacheDir = resolve(options.cacheDir ?? join(findProjectRoot(), '.local', 'cache'));
  const { env = toolEnvironment(), log = () => undefined, proxiedKafka: proxied, kafkaSettings: settings } = options;
  return {
    kafka: options.kafkaBrokers
      ? undefined
      : new KafkaServer({ stateDir: join(stateDir, 'kafka'), cacheDir, logDir, env, log, proxied, settings }),
    postgres: options.databaseUrl
      ? undefined
      : new PostgresServer({ stateDir: join(stateDir, 'postgres'), logDir, log }),
  };
}

/** 'a:9092, b:9092' as a list. */
export function splitBrokers(brokers: string): string[] {
  return brokers
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
}

/** Waits for all, also when one fails, so that nothing goes on behind the caller's back; then throws the first failure. */
async function all(...promises: (Promise<void> | undefined)[]): Promise<void> {
  const failed = (await Promise.allSettled(promises.map((promise) => Promise.resolve(promise)))).find(
    (result) => result.status === 'rejected',
  );
  if (failed) throw failed.reason;
}
