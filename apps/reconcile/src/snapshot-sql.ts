import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { COPY_OPTIONS } from '#schema/copy-text.js';

export const MART = `public.${contract.table}`;
export const KEY = contract.primaryKey[0];
export const VERSION = contract.versionColumn;
export const COLUMNS = COLUMN_NAMES.join(', ');
/** All columns except the key and the version. */
export const CONTENTS = COLUMN_NAMES.filter((name) => name !== KEY && name !== VERSION);

/** Whether rows `one` and `other` of the same version have the same contents. */
export const sameContents = (one: string, other: string) =>
  CONTENTS.map((name) => `${one}.${name} IS NOT DISTINCT FROM ${other}.${name}`).join(' AND ');

/** -> is_mart, blocks: how long the table is, at least */
export const SELECT_MART = `
  SELECT to_regclass('${MART}') IS NOT NULL AND to_regclass('public.quarantined_messages') IS NOT NULL
           AND to_regproc('erasure.is_in_use') IS NOT NULL AS is_mart,
         coalesce(pg_relation_size(to_regclass('${MART}')) / current_setting('block_size')::integer, 0)::float8 AS blocks`;

/** Entries by what the record was; `kth` counts those of the same record. */
const CREATE_QUARANTINED = `
  CREATE TEMPORARY TABLE quarantined ON COMMIT DROP AS
    SELECT sha256(value) AS digest, row_number() OVER (PARTITION BY sha256(value) ORDER BY quarantined_at, record_hash) AS kth,
           state, reasons
    FROM public.quarantined_messages WHERE value IS NOT NULL;
  CREATE UNIQUE INDEX ON pg_temp.quarantined (digest, kth);
  ANALYZE pg_temp.quarantined;
  CREATE TEMPORARY TABLE claims (digest bytea PRIMARY KEY, lines bigint NOT NULL) ON COMMIT DROP`;

/** The rows of the batch; lines that the mart does not hold; and lines that differ from the mart's row of their version. */
const CREATE_LINES = `
  CREATE TEMPORARY TABLE batch ON COMMIT DROP AS SELECT 0 AS at, ${COLUMNS} FROM ${MART} WITH NO DATA;
  CREATE TEMPORARY TABLE absent (
    nth bigint NOT NULL, line bigint NOT NULL, digest bytea NOT NULL,
    ${KEY} bigint, version timestamptz, day date, record bytea, reasons text[]
  ) ON COMMIT DROP;
  CREATE TEMPORARY TABLE differing ON COMMIT DROP AS
    SELECT 0::bigint AS nth, 0::bigint AS line, ctid AS place, ${COLUMNS} FROM ${MART} WITH NO DATA;
  ALTER TABLE pg_temp.differing ADD PRIMARY KEY (nth)`;

export const CREATE_TABLES = `${CREATE_QUARANTINED}; ${CREATE_LINES}`;

/** -> is_used: whether any client is blocked; has_quarantined */
export const SELECT_USES = `
  SELECT erasure.is_in_use() AS is_used, EXISTS (SELECT FROM pg_temp.quarantined) AS has_quarantined`;

/** Emptied in place, because this transaction created it. */
export const EMPTY_BATCH = 'TRUNCATE pg_temp.batch';

export const COPY_BATCH = `COPY pg_temp.batch (at, ${COLUMNS}) FROM STDIN ${COPY_OPTIONS}`;

/** Six bytes for each row. Offsets of a ctid begin at 1, so offset 0 has room for the cases without an equal row. */
export const PLACE_BYTES = 6;
const ABSENT = 0;
export const SUPERSEDED = 1;
export const DIFFERS = 2;
const noPlace = (code: number) => `'\\x0000000${code}0000'::bytea`;

/**
 * -> places: for each row of the batch, in order, the ctid of the equal row of the mart, or why there is none. OFFSET 0 makes the
 * database look up each row by the index: it knows nothing about the batch, and could read the whole table instead.
 */
export const COMPARE = `
  SELECT string_agg(
    CASE WHEN m.${VERSION} = b.${VERSION} THEN CASE WHEN ${sameContents('m', 'b')} THEN tidsend(m.place) ELSE ${noPlace(DIFFERS)} END
         WHEN m.${VERSION} > b.${VERSION} THEN ${noPlace(SUPERSEDED)}
         ELSE ${noPlace(ABSENT)} END, '' ORDER BY b.at) AS places
  FROM pg_temp.batch b LEFT JOIN LATERAL (
    SELECT ctid AS place, ${COLUMNS} FROM ${MART} WHERE ${KEY} = b.${KEY} OFFSET 0
  ) m ON true`;

/**
 * Gives each record an entry of its own, as far as there are entries. $1: positions, $2: digests. -> at, state, reasons; a record
 * without an entry of its own has no state. Records that are not in quarantine are not returned.
 */
export const CLAIM = `
  WITH given AS (
    SELECT at, digest, row_number() OVER (PARTITION BY digest ORDER BY at) AS kth, count(*) OVER (PARTITION BY digest) AS lines
    FROM unnest($1::integer[], $2::bytea[]) AS line (at, digest)
    WHERE EXISTS (SELECT FROM pg_temp.quarantined q WHERE q.digest = line.digest)
  ), claimed AS (
    INSERT INTO pg_temp.claims AS c (digest, lines) SELECT DISTINCT digest, lines FROM given
    ON CONFLICT (digest) DO UPDATE SET lines = c.lines + excluded.lines
    RETURNING digest, lines
  )
  SELECT given.at, q.state, q.reasons
  FROM given JOIN claimed USING (digest)
  LEFT JOIN pg_temp.quarantined q ON q.digest = given.digest AND q.kth = claimed.lines - given.lines + given.kth`;

/** $1: positions of rows in the batch. -> at: those of erased clients */
export const SELECT_ERASED_ROWS = `
  SELECT at FROM pg_temp.batch
  WHERE at = ANY ($1::integer[]) AND client_id IN (
    SELECT erasure.blocked((SELECT array_agg(DISTINCT client_id) FROM pg_temp.batch WHERE at = ANY ($1::integer[]))))`;

/** $1: positions, $2: records. -> at: those of erased clients */
export const SELECT_ERASED_RECORDS = `
  SELECT at FROM unnest($1::integer[], $2::bytea[]) AS record (at, value) WHERE erasure.is_blocked(value)`;

/** $1: number of the first line, $2: positions of rows in the batch, $3: lines, $4: digests */
export const KEEP_ABSENT_ROWS = `
  INSERT INTO pg_temp.absent (nth, line, digest, ${KEY}, version, day)
  SELECT $1::bigint + at, line, digest, ${KEY}, ${VERSION}, date
  FROM unnest($2::integer[], $3::bigint[], $4::bytea[]) AS given (at, line, digest) JOIN pg_temp.batch USING (at)`;

/** $1: numbers of lines, $2: lines, $3: digests, $4: which record it is, $5: reasons, separated by blanks */
export const KEEP_ABSENT_RECORDS = `
  INSERT INTO pg_temp.absent (nth, line, digest, record, reasons)
  SELECT nth, line, digest, record, string_to_array(reasons, ' ')
  FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[]) AS given (nth, line, digest, record, reasons)`;

/** $1: number of the first line, $2: positions of rows in the batch, $3: lines */
export const KEEP_DIFFERING = `
  INSERT INTO pg_temp.differing (nth, line, place, ${COLUMNS})
  SELECT $1::bigint + at, line, m.ctid, ${COLUMN_NAMES.map((name) => `b.${name}`).join(', ')}
  FROM unnest($2::integer[], $3::bigint[]) AS given (at, line) JOIN pg_temp.batch b USING (at) JOIN ${MART} m USING (${KEY})`;

/** Of several lines of one message the newest version is missing; of equal lines the first. */
export const RESOLVE_ABSENT = `
  CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
    SELECT nth, line, digest, ${KEY}, coalesce(reasons, '{}') AS reasons, day, ${KEY} IS NULL AS is_rejected,
           CASE WHEN version < max(version) OVER (PARTITION BY ${KEY}) THEN 'superseded'
                WHEN row_number() OVER (PARTITION BY ${KEY}, version, record ORDER BY nth) > 1 THEN 'repeated'
                ELSE 'missing' END AS outcome
    FROM pg_temp.absent`;

/** -> day, is_rejected, outcome, lines */
export const COUNT_RESOLVED = `
  SELECT day::text, is_rejected, outcome, count(*)::float8 AS lines FROM pg_temp.resolved GROUP BY 1, 2, 3`;

/** -> nth, line, id, reasons. $1: how many */
export const SELECT_FIRST_MISSING = `
  SELECT nth::float8, line::float8, ${KEY}::text AS id, reasons FROM pg_temp.resolved WHERE outcome = 'missing' ORDER BY nth LIMIT $1`;

export const DECLARE_MISSING = `
  DECLARE missing NO SCROLL CURSOR FOR SELECT nth::float8, digest FROM pg_temp.resolved WHERE outcome = 'missing' ORDER BY nth`;
export const FETCH_MISSING = 'FETCH 1000 FROM missing';

export const DECLARE_DIFFERING = `
  DECLARE differing NO SCROLL CURSOR FOR SELECT nth::float8, tidsend(place) AS place, date::text AS day FROM pg_temp.differing ORDER BY nth`;
export const FETCH_DIFFERING = 'FETCH 10000 FROM differing';

/** $1: numbers of lines */
export const FORGET_DIFFERING = 'DELETE FROM pg_temp.differing WHERE nth = ANY ($1::bigint[])';

/** -> nth, line, file and mart: the values of each row. $1: how many */
export const SELECT_FIRST_ALTERED = `
  SELECT d.nth::float8, d.line::float8,
         ARRAY[${COLUMN_NAMES.map((name) => `d.${name}::text`).join(', ')}] AS file,
         ARRAY[${COLUMN_NAMES.map((name) => `m.${name}::text`).join(', ')}] AS mart
  FROM pg_temp.differing d JOIN ${MART} m ON m.ctid = d.place ORDER BY d.nth LIMIT $1`;

export const COPY_ALTERED = `COPY (SELECT ${COLUMNS} FROM pg_temp.differing ORDER BY ${KEY}) TO STDOUT`;

/** $1, $2: ctids. -> places: of all rows between them */
export const SELECT_PLACES = `
  SELECT string_agg(tidsend(ctid), '') AS places FROM ${MART} WHERE ctid >= $1::tid AND ctid < $2::tid`;

/** $1: ctids. -> id, day */
export const SELECT_ROWS = `
  SELECT ${KEY}::text AS id, date::text AS day FROM ${MART} WHERE ctid = ANY ($1::tid[]) ORDER BY ${KEY}`;
