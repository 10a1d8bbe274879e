import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { COPY_OPTIONS } from '#schema/copy-text.js';

const table = `public.${contract.table}`;
const key = contract.primaryKey[0];
const version = contract.versionColumn;
const columns = COLUMN_NAMES.join(', ');
const staged = 'pg_temp.staged_messages';
const changing = COLUMN_NAMES.filter((name) => name !== key);

/** Versions of the stored rows among these ids, in microseconds since 1970. $1: ids. */
export const SELECT_VERSIONS = `
  SELECT ${key}::text AS id, (extract(epoch FROM ${version}) * 1000000)::float8 AS version FROM ${table} WHERE ${key} = ANY ($1::bigint[])`;

/** Copies new rows into the table. */
export const COPY_ROWS = `COPY ${table} (${columns}) FROM STDIN ${COPY_OPTIONS}`;

/** A temporary table for rows that may exist already. Each session has its own; it is emptied after each transaction. */
export const CREATE_STAGED = `
  CREATE TEMPORARY TABLE IF NOT EXISTS ${staged} (LIKE ${table}) ON COMMIT DELETE ROWS`;

export const COPY_STAGED = `COPY ${staged} (${columns}) FROM STDIN ${COPY_OPTIONS}`;

/**
 * Merges staged rows: the greatest version wins, and between equal versions the stored row stays (ADR 2). Returns one row
 * per written row; `inserted` is false for an update. Ordered by id, so that concurrent writers lock rows in the same order.
 */
export const MERGE_STAGED = `
  INSERT INTO ${table} AS stored (${columns})
  SELECT ${columns} FROM ${staged} ORDER BY ${key}
  ON CONFLICT (${key}) DO UPDATE
    SET ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}
    WHERE stored.${version} < excluded.${version}
  RETURNING (xmax = 0) AS inserted`;

export const DELETE_STAGED = `DELETE FROM ${staged}`;
