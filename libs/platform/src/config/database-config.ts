import { databaseUrlProblem } from './database-url.js';
import { integer, positiveInteger, secret, type ConfigOf } from './env.js';

/** Variables of every app that uses PostgreSQL; spread them into the app's shape. */
export const databaseShape = {
  DATABASE_URL: secret(
    'DATABASE_URL',
    (url) => databaseUrlProblem(url),
    'must be postgresql://user:password@host:port/database',
  ),
  DATABASE_POOL_SIZE: integer(1, 1000).default(5),
  DATABASE_CONNECT_TIMEOUT_MS: positiveInteger().default(5000),
  /** The server cancels statements that take longer; 0: no limit (migrations, bulk loads). */
  DATABASE_STATEMENT_TIMEOUT_MS: integer(0, 2_147_483_647).default(60_000),
};

export type DatabaseConfig = ConfigOf<typeof databaseShape>;
