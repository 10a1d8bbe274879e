import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The consumers' latencies, stored with their positions, so that gateways need not find and query every consumer. */
export class AddLatency1796500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE consumer_positions ADD COLUMN latency_since timestamptz, ADD COLUMN latency_counts bigint[]',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE consumer_positions DROP COLUMN latency_since, DROP COLUMN latency_counts');
  }
}
