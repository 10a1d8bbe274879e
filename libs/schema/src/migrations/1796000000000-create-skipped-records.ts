import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the consumers skipped, and how far the mart got: an offset that somebody else sets forward is noticed by that. */
export class CreateSkippedRecords1796000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE skipped_records (
        consumer_group text NOT NULL,
        topic text NOT NULL,
        topic_id text NOT NULL,
        partition integer NOT NULL,
        from_offset bigint NOT NULL,
        to_offset bigint NOT NULL,
        reason text NOT NULL,
        noticed_at timestamptz NOT NULL DEFAULT now(),
        resolved_at timestamptz,
        PRIMARY KEY (consumer_group, topic, topic_id, partition, from_offset)
      )
    `);
    await runner.query(`
      CREATE TABLE consumer_positions (
        consumer_group text NOT NULL,
        topic text NOT NULL,
        topic_id text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        end_offset bigint NOT NULL,
        written_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, topic, topic_id, partition)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE consumer_positions, skipped_records');
  }
}
