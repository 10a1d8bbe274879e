import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The running engines and what they read. See docs/adr/0032-one-pipeline-a-database.md. */
export class CreatePipelines1797200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pipelines (
        process uuid PRIMARY KEY,
        engine text NOT NULL,
        kafka_cluster text NOT NULL,
        topic text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now()
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pipelines');
  }
}
