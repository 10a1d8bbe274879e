import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each write of the Spark engine came to: Spark repeats tasks, and counts a repeated one only once by this. */
export class CreateSparkWrites1795564800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE spark_writes (
        query_id uuid NOT NULL,
        batch_id bigint NOT NULL,
        partition_id integer NOT NULL,
        records bigint NOT NULL,
        inserted bigint NOT NULL,
        updated bigint NOT NULL,
        unchanged bigint NOT NULL,
        quarantined jsonb NOT NULL,
        tombstones bigint NOT NULL,
        repaired jsonb NOT NULL,
        unknown_fields bigint NOT NULL,
        written_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (query_id, batch_id, partition_id)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE spark_writes');
  }
}
