import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The functions run as their owner, so that writers of messages can read neither the key nor the list. */
const OWN_RIGHTS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';

/** Held by each transaction that has read the list, until its end; pg_dump and readers take a weaker lock. */
const LOCK_LIST = 'LOCK TABLE erasure.blocked_clients IN ROW SHARE MODE';

/**
 * The list of erased clients, which the engines ask in each transaction that writes. See docs/adr/0031-erasing-a-client.md.
 */
export class CreateErasure1797000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA erasure');
    // Ids of clients can be guessed, so a hash without a key would not hide them. Two random UUIDs have 244 random bits.
    await runner.query(`
      CREATE TABLE erasure.secret (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        key bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
      )
    `);
    await runner.query('INSERT INTO erasure.secret DEFAULT VALUES');
    await runner.query('CREATE TABLE erasure.blocked_clients (client_hash bytea PRIMARY KEY)');
    await runner.query(`
      CREATE TABLE erasures (
        client_hash bytea NOT NULL,
        done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        done_by text NOT NULL DEFAULT session_user,
        action text NOT NULL CHECK (action IN ('erase', 'unblock')),
        messages bigint NOT NULL DEFAULT 0,
        quarantined bigint NOT NULL DEFAULT 0,
        first_purchases bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (client_hash, done_at)
      )
    `);
    await runner.query('ALTER TABLE spark_writes ADD COLUMN erased bigint NOT NULL DEFAULT 0');
    await this.createFunctions(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE spark_writes DROP COLUMN erased');
    await runner.query('DROP TABLE erasures');
    await runner.query('DROP SCHEMA erasure CASCADE');
  }

  /**
   * Volatile, because each query must see what was committed before the lock was granted. The snapshot of the calling statement may
   * be older than that.
   */
  private async createFunctions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION erasure.hash_of(client bigint) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
        SELECT sha256(key || int8send(client)) FROM erasure.secret
      $$
    `);
    await runner.query(`
      CREATE FUNCTION erasure.is_in_use() RETURNS boolean LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      BEGIN
        ${LOCK_LIST};
        RETURN EXISTS (SELECT FROM erasure.blocked_clients);
      END $$
    `);
    await runner.query(`
      CREATE FUNCTION erasure.blocked(clients bigint[]) RETURNS SETOF bigint LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      BEGIN
        ${LOCK_LIST};
        RETURN QUERY
          SELECT client FROM erasure.secret, unnest(clients) AS client
          WHERE EXISTS (
            SELECT FROM erasure.blocked_clients AS blocked WHERE blocked.client_hash = sha256(secret.key || int8send(client))
          );
      END $$
    `);
    // A CSV line has no names. client_id is the fifth column of the data set. The pattern is for JSON that is cut off or otherwise
    // broken: encode() turns any bytes into text and leaves ASCII as it is, except that it doubles backslashes.
    await runner.query(`
      CREATE FUNCTION erasure.client_of(record bytea) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT
      SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        line text := encode(record, 'escape');
        client text;
      BEGIN
        BEGIN
          client := convert_from(record, 'UTF8')::json ->> 'client_id';
        EXCEPTION WHEN others THEN
          NULL;
        END;
        IF client IS NULL THEN
          client := substring(line FROM 'client_id[\\\\"''\\s]*[:=][\\\\"''\\s]*([+-]?[0-9]+)');
        END IF;
        IF client IS NULL AND line !~ '^\\s*[{[]' THEN
          client := split_part(line, ',', 5);
        END IF;
        client := btrim(client, E'" \\t\\r\\n\\x0b\\f');
        IF client ~ '^[+-]?[0-9]{1,40}([.]0*)?$' AND client::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN
          RETURN client::numeric::bigint;
        END IF;
        RETURN NULL;
      END $$
    `);
    await runner.query(`
      CREATE FUNCTION erasure.is_blocked(record bytea) RETURNS boolean LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      BEGIN
        RETURN EXISTS (SELECT FROM erasure.blocked(ARRAY[erasure.client_of(record)]));
      END $$
    `);
  }
}
