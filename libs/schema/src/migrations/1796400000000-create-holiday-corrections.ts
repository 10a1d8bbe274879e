import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Corrections of `holidays` that are loaded from a file of their own. */
export class CreateHolidayCorrections1796400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE holiday_corrections (
        date date NOT NULL,
        holiday text NOT NULL,
        correct_date date,
        PRIMARY KEY (date, holiday)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Views of the mart read the table; the next mart-init creates them again.
    await runner.query('DROP SCHEMA IF EXISTS mart CASCADE');
    await runner.query('DROP TABLE holiday_corrections');
  }
}
