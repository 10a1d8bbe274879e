import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { COPY_OPTIONS } from '#schema/copy-text.js';

const TABLE = `public.${contract.table}`;
const KEY = contract.primaryKey[0];
const VERSION = contract.versionColumn;
const COLUMNS = COLUMN_NAMES.join(', ');
const STAGED = 'pg_temp.staged_messages';
const CHANGING = COLUMN_NAMES.filter((name) => name !== KEY);

/** Versions of the stored rows among these ids, in microseconds since 1970. $1: ids. */
export const SELECT_VERSIONS = `
  SELECT ${KEY}::text AS id, (extract(epoch FROM ${VERSION}) * 1000000)::float8 AS version FROM ${TABLE} WHERE ${KEY} = ANY ($1::bigint[])`;

/** Copies new rows into the table. */
export const COPY_ROWS = `COPY ${TABLE} (${COLUMNS}) FROM STDIN ${COPY_OPTIONS}`;

/** A temporary table for rows that may exist already. Each session has its own; it is emptied after each transaction. */
export const CREATE_STAGED = `
  CREATE TEMPORARY TABLE IF NOT EXISTS ${STAGED} (LIKE ${TABLE}) ON COMMIT DELETE ROWS`;

export const COPY_STAGED = `COPY ${STAGED} (${COLUMNS}) FROM STDIN ${COPY_OPTIONS}`;

/**
 * Merges staged rows: the greatest version wins, and between equal versions the stored row stays (ADR 2). Returns one row
 * per written row; `inserted` is false for an update. Ordered by id, so that concurrent writers lock rows in the same order.
 */
export const MERGE_STAGED = `
  INSERT INTO ${TABLE} AS stored (${COLUMNS})
  SELECT ${COLUMNS} FROM ${STAGED} ORDER BY ${KEY}
  ON CONFLICT (${KEY}) DO UPDATE
    SET ${CHANGING.map((name) => `${name} = excluded.${name}`).join(', ')}
    WHERE stored.${VERSION} < excluded.${VERSION}
  RETURNING (xmax = 0) AS inserted`;

export const DELETE_STAGED = `DELETE FROM ${STAGED}`;
