import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * SHA-256 of what a record is, wherever it stands. Each part is hashed by itself, so that no two records come to the same
 * bytes; jsonb::text is the same for the same headers in any order. Casting text to bytea gives backslashes a meaning.
 */
const hashOf = (row: string) => `sha256(
  sha256(replace(${row}topic || E'\\n' || coalesce(${row}original -> 'headers', ${row}headers)::text, '\\', '\\\\')::bytea)
  || coalesce(sha256(${row}key), '\\x00') || coalesce(sha256(${row}value), '\\x01'))`;

/**
 * A rejected record that is sent again is one entry, whichever engine stores it and at whatever offset it stands. And
 * what `recorded_at` and `headers` cannot hold has a place. See docs/adr/0022-one-entry-for-a-rejected-record.md.
 */
export class IdentifyQuarantinedRecords1796100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE quarantined_messages ADD COLUMN original jsonb, ADD COLUMN record_hash bytea');
    await runner.query(`UPDATE quarantined_messages SET record_hash = ${hashOf('')}`);
    await runner.query(`
      DELETE FROM quarantined_messages WHERE ctid IN (
        SELECT ctid FROM (
          SELECT ctid, row_number() OVER (PARTITION BY record_hash ORDER BY quarantined_at, recorded_at, partition, "offset") AS nth
          FROM quarantined_messages
        ) AS entry WHERE nth > 1
      )
    `);
    await runner.query('ALTER TABLE quarantined_messages ALTER COLUMN record_hash SET NOT NULL');
    await runner.query('CREATE UNIQUE INDEX quarantined_messages_record ON quarantined_messages (record_hash)');
    // Another record at the same place and time, as a topic made anew gives it where producers set no true time, must not
    // pass for the one that is there: it comes a microsecond later.
    await runner.query(`
      CREATE FUNCTION identify_quarantined() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.record_hash := ${hashOf('NEW.')};
        WHILE EXISTS (
          SELECT FROM public.quarantined_messages AS entry
          WHERE entry.topic = NEW.topic AND entry.partition = NEW.partition AND entry."offset" = NEW."offset"
            AND entry.recorded_at = NEW.recorded_at
            AND (entry.key IS DISTINCT FROM NEW.key OR entry.value IS DISTINCT FROM NEW.value)
        ) LOOP
          NEW.recorded_at := NEW.recorded_at + interval '1 microsecond';
        END LOOP;
        RETURN NEW;
      END $$
    `);
    await runner.query(`
      COMMENT ON FUNCTION identify_quarantined IS
        'Gives an entry of quarantined_messages its hash, and a time of its own where another record stands at its place'
    `);
    await runner.query(`
      CREATE TRIGGER identify_quarantined BEFORE INSERT ON quarantined_messages
      FOR EACH ROW EXECUTE FUNCTION identify_quarantined()
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER identify_quarantined ON quarantined_messages');
    await runner.query('DROP FUNCTION identify_quarantined()');
    await runner.query('DROP INDEX quarantined_messages_record');
    await runner.query('ALTER TABLE quarantined_messages DROP COLUMN record_hash, DROP COLUMN original');
  }
}
