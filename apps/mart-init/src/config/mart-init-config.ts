import { parseArgs } from 'node:util';
import { z } from 'zod';
import { databaseShape } from '#platform/config/database-config.js';
import { integer, readEnv, secret, type ConfigOf, type Environment } from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { UsageError } from './usage-error.js';

/** Injection token: folder with the reference files; undefined to run the migrations only. */
export const REFERENCE_FOLDER = Symbol('REFERENCE_FOLDER');
/** Injection token: passwords to set for the mart's roles. */
export const ROLE_PASSWORDS = Symbol('ROLE_PASSWORDS');

const password = (name: string) =>
  secret(name, (value) => (value.length < 12 ? 'must have 12 characters or more' : undefined)).optional();

const martInitShape = {
  ...httpShape,
  ...databaseShape,
  // No limit by default: a migration or the merge of a large file may take minutes, and nothing waits for it.
  DATABASE_STATEMENT_TIMEOUT_MS: integer(0, 2_147_483_647).default(0),
  MART_INIT_REFERENCE: z.string().optional(),
  /** Password to set for the role. A role without a password cannot log in. */
  MART_ANALYST_PASSWORD: password('MART_ANALYST_PASSWORD'),
  MART_APP_PASSWORD: password('MART_APP_PASSWORD'),
};

export type MartInitConfig = ConfigOf<typeof martInitShape>;

/**
 * @param args the arguments after node and the script; `--reference DIR` overrides MART_INIT_REFERENCE.
 * @throws UsageError, ConfigError
 */
export function readMartInitConfig(args: readonly string[], env: Environment = process.env): MartInitConfig {
  const reference = readReferenceOption(args);
  return readEnv(martInitShape, reference === undefined ? env : { ...env, MART_INIT_REFERENCE: reference });
}

function readReferenceOption(args: readonly string[]): string | undefined {
  let reference: string | undefined;
  try {
    ({ reference } = parseArgs({ args: [...args], options: { reference: { type: 'string' } } }).values);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
  // Without this check, an empty shell variable after --reference would load nothing and still exit 0.
  if (reference?.trim() === '') throw new UsageError('--reference needs a folder.');
  return reference;
}
