import { parseArgs } from 'node:util';
import { databaseShape } from '#platform/config/database-config.js';
import { integer, readEnv, type ConfigOf, type Environment } from '#platform/config/env.js';
import { kafkaProblems, kafkaShape } from '#platform/config/kafka-config.js';
import { EraseUsageError } from '../erase/erase-usage-error.js';

const eraseShape = {
  ...databaseShape,
  ...kafkaShape,
  // No limit by default: all rows of a large table are read.
  DATABASE_STATEMENT_TIMEOUT_MS: integer(0, 2_147_483_647).default(0),
};

export type EraseConfig = ConfigOf<typeof eraseShape>;

/** @throws ConfigError */
export function readEraseConfig(env: Environment = process.env): EraseConfig {
  return readEnv(eraseShape, env, kafkaProblems);
}

/** What the command line asks for. */
export interface EraseOptions {
  /** bigint as text, without a plus sign or leading zeros */
  readonly client: string;
  readonly unblock: boolean;
}

const INTEGER = /^[+-]?\d{1,40}$/;
const LIMIT = 2n ** 63n;

/** @param args the arguments after node and the script. @throws EraseUsageError */
export function readEraseOptions(args: readonly string[]): EraseOptions {
  let values: { client?: string[]; unblock?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { client: { type: 'string', multiple: true }, unblock: { type: 'boolean' } },
    }));
  } catch (cause) {
    throw new EraseUsageError((cause as Error).message, { cause });
  }
  const { client: [client, another] = [], unblock = false } = values;
  if (client === undefined) throw new EraseUsageError('--client is missing.');
  if (another !== undefined)
    throw new EraseUsageError('--client is given twice. Run the command once for each client.');
  const text = client.trim();
  if (!INTEGER.test(text) || BigInt(text) >= LIMIT || BigInt(text) < -LIMIT) {
    throw new EraseUsageError(`--client ${JSON.stringify(client)} is not a client_id, which is a 64-bit integer.`);
  }
  return { client: BigInt(text).toString(), unblock };
}
