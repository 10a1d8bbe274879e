import { COLUMNS, CONTENTS, KEY, MART, sameContents, VERSION } from '../snapshot-sql.js';

export const CREATE_REPAIRS = `
  CREATE TEMPORARY TABLE repairs ON COMMIT DROP AS SELECT ${COLUMNS} FROM ${MART} WITH NO DATA`;

/** Reads what `COPY_ALTERED` writes. */
export const COPY_REPAIRS = `COPY pg_temp.repairs (${COLUMNS}) FROM STDIN`;

/** Locks the list of erased clients until the transaction ends, as every writer of messages does. */
export const LOCK_ERASED = 'SELECT erasure.is_in_use()';

/** In the order of ids, as the engines lock rows. */
export const LOCK_ROWS = `
  SELECT count(*) FROM (SELECT FROM ${MART} m JOIN pg_temp.repairs r USING (${KEY}) ORDER BY ${KEY} FOR UPDATE OF m) AS locked`;

/** Leaves out rows that were changed since they were read, and those of clients erased since then. */
export const UPDATE_ALTERED = `
  UPDATE ${MART} m SET ${CONTENTS.map((name) => `${name} = r.${name}`).join(', ')}
  FROM pg_temp.repairs r
  WHERE m.${KEY} = r.${KEY} AND m.${VERSION} = r.${VERSION} AND NOT (${sameContents('m', 'r')})
    AND r.client_id NOT IN (SELECT erasure.blocked((SELECT array_agg(DISTINCT client_id) FROM pg_temp.repairs)))`;
