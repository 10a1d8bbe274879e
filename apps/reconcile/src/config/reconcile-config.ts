import { parseArgs } from 'node:util';
import { databaseShape, type DatabaseConfig } from '#platform/config/database-config.js';
import { integer, readEnv, type Environment } from '#platform/config/env.js';
import { kafkaProblems, kafkaShape, type KafkaConfig } from '#platform/config/kafka-config.js';
import { ReconcileUsageError } from '../reconcile-usage-error.js';

const reconcileShape = {
  ...databaseShape,
  // No limit by default: all rows of a large table are read.
  DATABASE_STATEMENT_TIMEOUT_MS: integer(0, 2_147_483_647).default(0),
};

export interface ReconcileConfig {
  readonly database: DatabaseConfig;
  /** Of the topic; only for a repair. */
  readonly kafka: KafkaConfig | undefined;
}

/** @throws ConfigError */
export function readReconcileConfig(repair: boolean, env: Environment = process.env): ReconcileConfig {
  if (!repair) return { database: readEnv(reconcileShape, env), kafka: undefined };
  const config = readEnv({ ...reconcileShape, ...kafkaShape }, env, kafkaProblems);
  return { database: config, kafka: config };
}

/** What the command line asks for. */
export interface ReconcileOptions {
  /** Paths and patterns. */
  readonly files: readonly string[];
  readonly strict: boolean;
  readonly json: boolean;
  readonly repair: boolean;
}

/** @param args the arguments after node and the script. @throws ReconcileUsageError */
export function readReconcileOptions(args: readonly string[]): ReconcileOptions {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: { strict: { type: 'boolean' }, json: { type: 'boolean' }, repair: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (cause) {
    throw new ReconcileUsageError((cause as Error).message, { cause });
  }
  const { positionals, values } = parsed;
  if (positionals.length === 0) throw new ReconcileUsageError('Name at least one file.');
  if (positionals.includes('')) throw new ReconcileUsageError('A FILE is empty.');
  const { strict = false, json = false, repair = false } = values;
  return { files: positionals, strict, json, repair };
}
