/** -> user, owner; owner is null without a schema erasure. */
export const SELECT_OWNER = `
  SELECT current_user AS user, pg_get_userbyid(nspowner) AS owner, coalesce(pg_has_role(nspowner, 'USAGE'), false) AS is_owner
  FROM (VALUES (true)) AS one LEFT JOIN pg_namespace ON nspname = 'erasure'`;

/** $1: client. -> one row if the client was not blocked. */
export const BLOCK = `
  INSERT INTO erasure.blocked_clients VALUES (erasure.hash_of($1)) ON CONFLICT DO NOTHING RETURNING true`;

/** $1: client. -> one row if the client was blocked. */
export const UNBLOCK = 'DELETE FROM erasure.blocked_clients WHERE client_hash = erasure.hash_of($1) RETURNING true';

/** Transactions of writers that have read the list. A transaction that reads it later sees every committed client. */
export const SELECT_WRITERS = `
  SELECT virtualtransaction AS transaction, format('pid %s (%s)', pid, coalesce(nullif(application_name, ''), usename)) AS session
  FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
  WHERE relation = 'erasure.blocked_clients'::regclass AND mode = 'RowShareLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** $1: client. -> messages */
export const ERASE_MESSAGES = `
  WITH erased AS (DELETE FROM public.messages WHERE client_id = $1 RETURNING true)
  SELECT count(*) AS messages FROM erased`;

/** $1: client. -> quarantined, and unreadable: records that stay because nobody can tell whose they are */
export const ERASE_QUARANTINED = `
  WITH named AS MATERIALIZED (
    SELECT record_hash, erasure.client_of(value) AS client FROM public.quarantined_messages WHERE value IS NOT NULL
  ), erased AS (
    DELETE FROM public.quarantined_messages WHERE record_hash IN (SELECT record_hash FROM named WHERE client = $1) RETURNING true
  )
  SELECT (SELECT count(*) FROM erased) AS quarantined, (SELECT count(*) FROM named WHERE client IS NULL) AS unreadable`;

/** $1: client. -> first_purchases */
export const ERASE_FIRST_PURCHASE = `
  WITH erased AS (DELETE FROM public.client_first_purchase_date WHERE client_id = $1 RETURNING true)
  SELECT count(*) AS first_purchases FROM erased`;

/** $1: client, $2: action, $3 to $5: numbers of rows. -> the row's hash as hex */
export const RECORD = `
  INSERT INTO public.erasures (client_hash, action, messages, quarantined, first_purchases)
  VALUES (erasure.hash_of($1), $2, $3, $4, $5) RETURNING encode(client_hash, 'hex') AS hash`;
