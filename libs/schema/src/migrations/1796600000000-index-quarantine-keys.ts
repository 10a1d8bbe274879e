import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds the rejected records of one message, whose id is their key. A hash index, because a key may be longer than what a btree
 * can hold. Only rejected records pay for it.
 */
export class IndexQuarantineKeys1796600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX quarantined_messages_key_hash ON quarantined_messages USING hash (key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX quarantined_messages_key_hash');
  }
}
