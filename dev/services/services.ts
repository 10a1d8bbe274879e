import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { toolEnvironment } from './config/tool-environment.js';
import { checkConfiguredKafka, checkConfiguredPostgres } from './connect.js';
import type { BrokerSettings, ProxiedListener, SecuredListener } from './kafka-properties.js';
import { KafkaServer } from './kafka-server.js';
import { reachableFolderFor } from './postgres-account.js';
import { PostgresServer } from './postgres-server.js';
import { findProjectRoot } from './project.js';
import { ServiceError } from './service-error.js';
import { claimState } from './state-lock.js';

export interface ServicesOptions {
  /** Keeps data, ports and passwords of the servers from run to run; one run at a time. */
  stateDir: string;
  /** Folder of kafka.log and postgres.log; default: `logs` in the state folder. */
  logDir?: string;
  /** Folder of Kafka's jars (45 MB), which several state folders may share; default: `.local/cache` of the project. */
  cacheDir?: string;
  /** host:port[,host:port]: use this Kafka instead of starting one. */
  kafkaBrokers?: string;
  /** postgresql://…: use this PostgreSQL instead of starting one. */
  databaseUrl?: string;
  /** A second listener of the Kafka started here, for use behind a TCP proxy. */
  proxiedKafka?: ProxiedListener;
  /** Further listeners of the Kafka started here, for tests of secure connections. */
  securedKafka?: readonly SecuredListener[];
  /** Settings that override the project's own for the Kafka started here. */
  kafkaSettings?: BrokerSettings;
  /** Leave the servers running at stop(); the next run on the same state folder takes them over. */
  keepRunning?: boolean;
  /** Aborts the start: stops what has been started and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** PATH and JAVA_HOME for Java and Maven; default: those of this process. */
  env?: NodeJS.ProcessEnv;
  /** Progress, one line at a time. */
  log?: (line: string) => void;
}

export interface Services {
  /** host:port[,host:port] */
  kafkaBrokers: string;
  databaseUrl: string;
  /** Undefined if a given server is used. */
  kafka?: KafkaServer;
  postgres?: PostgresServer;
  /** Stops the servers started here and waits until they are gone. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Uses the given Kafka and PostgreSQL, or starts them on this machine in parallel. Resolves when both answer; if one fails,
 * stops the other and throws.
 * @throws ServiceError its message says what to do next
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { kafkaBrokers, databaseUrl, signal } = options;
  signal?.throwIfAborted();
  if (process.platform === 'win32' && !(kafkaBrokers && databaseUrl)) {
    throw new ServiceError(
      'PLATFORM_NOT_SUPPORTED',
      'Kafka and PostgreSQL are started here on Linux and macOS only. Use WSL 2, or set KAFKA_BROKERS and DATABASE_URL to running servers.',
    );
  }
  const stateDir = resolve(options.stateDir);
  const releaseState = kafkaBrokers && databaseUrl ? () => undefined : claimState(stateDir); // given servers keep no state here
  const { kafka, postgres } = createServers(stateDir, options);
  const endServers = async (): Promise<void> => {
    await all(kafka?.stop(), postgres?.stop());
  };
  const onAbort = () => void endServers().catch(() => undefined); // the stop below reports its failure

  try {
    signal?.addEventListener('abort', onAbort, { once: true });
    await all(
      kafka?.start() ?? checkConfiguredKafka(splitBrokers(kafkaBrokers ?? ''), options.env ?? toolEnvironment()),
      postgres?.start() ?? checkConfiguredPostgres(databaseUrl ?? ''),
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
 * Stops servers that a killed run left running and removes their data.
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
  const {
    env = toolEnvironment(),
    log = () => undefined,
    proxiedKafka: proxied,
    securedKafka: secured,
    kafkaSettings: settings,
  } = options;
  return {
    kafka: options.kafkaBrokers
      ? undefined
      : new KafkaServer({ stateDir: join(stateDir, 'kafka'), cacheDir, logDir, env, log, proxied, secured, settings }),
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

/** Waits for all, even if one fails, so that nothing still runs in the background; then throws the first failure. */
async function all(...promises: (Promise<void> | undefined)[]): Promise<void> {
  const failed = (await Promise.allSettled(promises.map((promise) => Promise.resolve(promise)))).find(
    (result) => result.status === 'rejected',
  );
  if (failed) throw failed.reason;
}
