import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As writers may change entries by these functions only. */
const OWN_RIGHTS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';

/** After this many failed attempts an entry is parked, so that nobody sends it again and again. */
const ATTEMPTS = 3;

/**
 * What became of a quarantined record: its state, and each attempt to mend it. See docs/adr/0036-states-of-quarantined-records.md.
 */
export class TrackQuarantinedRecords1797400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE quarantined_messages
        ADD COLUMN state text NOT NULL DEFAULT 'open'
          CONSTRAINT quarantined_messages_state_check CHECK (state IN ('open', 'parked', 'resolved', 'superseded', 'discarded')),
        ADD COLUMN state_changed_at timestamptz,
        ADD COLUMN failed_attempts integer NOT NULL DEFAULT 0
    `);
    await runner.query(`
      CREATE TABLE quarantine_attempts (
        id uuid NOT NULL PRIMARY KEY,
        record_hash bytea NOT NULL,
        action text NOT NULL CONSTRAINT quarantine_attempts_action_check CHECK (action IN ('redrive', 'discard', 'reopen')),
        author text NOT NULL,
        change jsonb,
        note text,
        begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        sent_at timestamptz,
        result text CONSTRAINT quarantine_attempts_result_check
          CHECK (result IN ('resolved', 'superseded', 'rejected', 'erased', 'discarded', 'reopened')),
        reasons jsonb,
        ended_at timestamptz
      )
    `);
    await runner.query('CREATE INDEX quarantine_attempts_record ON quarantine_attempts (record_hash, begun_at)');
    await this.createTriggers(runner);
    await this.createCascade(runner);
    await this.createFunctions(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA quarantine CASCADE');
    // mart-init creates it again.
    await runner.query('DROP VIEW IF EXISTS mart.quarantined_records');
    await runner.query('DROP TABLE quarantine_attempts');
    await runner.query(`
      ALTER TABLE quarantined_messages DROP COLUMN state, DROP COLUMN state_changed_at, DROP COLUMN failed_attempts
    `);
  }

  private async createTriggers(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA quarantine');
    // Not in SQL, where the planner casts a known text before it looks whether it is an id.
    await runner.query(`
      CREATE FUNCTION quarantine.id_of(header text) RETURNS uuid LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        IF pg_input_is_valid(header, 'uuid') THEN
          RETURN header::uuid;
        END IF;
        RETURN NULL;
      END $$
    `);
    await runner.query(`
      CREATE FUNCTION quarantine.count_failed_attempt() RETURNS trigger LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      DECLARE
        attempt public.quarantine_attempts;
      BEGIN
        SELECT * INTO attempt FROM public.quarantine_attempts
        WHERE id = quarantine.id_of(NEW.headers ->> 'quarantine-attempt')
          AND encode(record_hash, 'hex') = NEW.headers ->> 'quarantine-entry'
        FOR UPDATE;
        IF NOT FOUND THEN
          RETURN NEW;
        END IF;
        IF attempt.result IS NULL THEN
          UPDATE public.quarantine_attempts SET result = 'rejected', reasons = NEW.reasons, ended_at = clock_timestamp()
          WHERE id = attempt.id;
          UPDATE public.quarantined_messages
          SET failed_attempts = failed_attempts + 1,
              state = CASE WHEN state = 'open' AND failed_attempts + 1 >= ${ATTEMPTS} THEN 'parked' ELSE state END,
              state_changed_at = CASE WHEN state = 'open' AND failed_attempts + 1 >= ${ATTEMPTS} THEN clock_timestamp() ELSE state_changed_at END
          WHERE record_hash = attempt.record_hash;
        END IF;
        RETURN NULL;
      END $$
    `);
    await runner.query(`
      CREATE TRIGGER count_failed_attempt BEFORE INSERT ON quarantined_messages FOR EACH ROW
      WHEN (NEW.headers ? 'quarantine-attempt') EXECUTE FUNCTION quarantine.count_failed_attempt()
    `);
  }

  /** A foreign key would do the same, but TRUNCATE of the entries alone would fail. */
  private async createCascade(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION quarantine.delete_attempts() RETURNS trigger LANGUAGE plpgsql ${OWN_RIGHTS} AS $$
      BEGIN
        IF TG_OP = 'TRUNCATE' THEN
          DELETE FROM public.quarantine_attempts;
        ELSE
          DELETE FROM public.quarantine_attempts WHERE record_hash IN (SELECT record_hash FROM deleted);
        END IF;
        RETURN NULL;
      END $$
    `);
    await runner.query(`
      CREATE TRIGGER delete_attempts AFTER DELETE ON quarantined_messages REFERENCING OLD TABLE AS deleted
      FOR EACH STATEMENT EXECUTE FUNCTION quarantine.delete_attempts()
    `);
    await runner.query(`
      CREATE TRIGGER delete_all_attempts AFTER TRUNCATE ON quarantined_messages
      FOR EACH STATEMENT EXECUTE FUNCTION quarantine.delete_attempts()
    `);
  }

  private async createFunctions(runner: QueryRunner): Promise<void> {
    // Called at the end of the transaction that writes the rows. A record without an answer then is one whose client is erased: its row
    // was left out. A row that the database refused has gone to quarantine, where the trigger has counted the attempt.
    await runner.query(`
      CREATE FUNCTION quarantine.settle(entries text[], attempts text[], ids bigint[], versions timestamptz[]) RETURNS void
      LANGUAGE sql ${OWN_RIGHTS} AS $$
        WITH answered AS (
          UPDATE public.quarantine_attempts AS attempt
          SET ended_at = clock_timestamp(),
              result = CASE WHEN mart.updated_at = sent.version THEN 'resolved' WHEN mart.updated_at > sent.version THEN 'superseded'
                            ELSE 'erased' END
          FROM unnest(entries, attempts, ids, versions) AS sent (entry, attempt, id, version)
          LEFT JOIN public.messages AS mart ON mart.id = sent.id
          WHERE attempt.id = quarantine.id_of(sent.attempt) AND encode(attempt.record_hash, 'hex') = sent.entry AND attempt.result IS NULL
          RETURNING attempt.record_hash, attempt.result
        )
        UPDATE public.quarantined_messages AS entry
        SET state = CASE answered.result WHEN 'erased' THEN 'discarded' ELSE answered.result END, state_changed_at = clock_timestamp()
        FROM (SELECT record_hash, min(result) AS result FROM answered GROUP BY record_hash) AS answered
        WHERE entry.record_hash = answered.record_hash AND entry.state NOT IN ('resolved', 'superseded')
      $$
    `);
    await runner.query(`
      CREATE FUNCTION quarantine.set_state(entries bytea[], new_state text, author text, note text) RETURNS bigint
      LANGUAGE sql ${OWN_RIGHTS} AS $$
        WITH changed AS (
          UPDATE public.quarantined_messages SET state = new_state, state_changed_at = clock_timestamp()
          WHERE record_hash = ANY (entries) AND state <> new_state AND new_state IN ('open', 'discarded')
            AND (state IN ('open', 'parked') OR new_state = 'open' AND state = 'discarded')
          RETURNING record_hash
        ), noted AS (
          INSERT INTO public.quarantine_attempts (id, record_hash, action, author, note, result, ended_at)
          SELECT gen_random_uuid(), record_hash, CASE new_state WHEN 'open' THEN 'reopen' ELSE 'discard' END, author, note,
                 CASE new_state WHEN 'open' THEN 'reopened' ELSE 'discarded' END, clock_timestamp()
          FROM changed
          RETURNING id
        )
        SELECT count(*) FROM noted
      $$
    `);
  }
}
