import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables as the contract of version 1 has them. No foreign keys: a stream may run ahead of its campaigns. */
export class CreateTables1795392000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE messages (
        id bigint NOT NULL,
        message_id text NOT NULL,
        campaign_id bigint,
        message_type text NOT NULL,
        client_id bigint NOT NULL,
        channel text NOT NULL,
        category text,
        platform text,
        email_provider text,
        stream text,
        date date,
        sent_at timestamptz,
        is_opened boolean NOT NULL,
        opened_first_time_at timestamptz,
        opened_last_time_at timestamptz,
        is_clicked boolean NOT NULL,
        clicked_first_time_at timestamptz,
        clicked_last_time_at timestamptz,
        is_unsubscribed boolean NOT NULL,
        unsubscribed_at timestamptz,
        is_hard_bounced boolean NOT NULL,
        hard_bounced_at timestamptz,
        is_soft_bounced boolean NOT NULL,
        soft_bounced_at timestamptz,
        is_complained boolean NOT NULL,
        complained_at timestamptz,
        is_blocked boolean NOT NULL,
        blocked_at timestamptz,
        is_purchased boolean NOT NULL,
        purchased_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id)
      )
    `);
    await runner.query(`
      CREATE TABLE campaigns (
        id bigint NOT NULL,
        campaign_type text NOT NULL,
        channel text,
        topic text,
        started_at timestamptz,
        finished_at timestamptz,
        total_count bigint,
        ab_test boolean,
        warmup_mode boolean,
        hour_limit bigint,
        subject_length bigint,
        subject_with_personalization boolean,
        subject_with_deadline boolean,
        subject_with_emoji boolean,
        subject_with_bonuses boolean,
        subject_with_discount boolean,
        subject_with_saleout boolean,
        is_test boolean,
        position bigint,
        PRIMARY KEY (id, campaign_type)
      )
    `);
    await runner.query(`
      CREATE TABLE client_first_purchase_date (
        client_id bigint NOT NULL,
        first_purchase_date date NOT NULL,
        PRIMARY KEY (client_id)
      )
    `);
    await runner.query(`
      CREATE TABLE holidays (
        date date NOT NULL,
        holiday text NOT NULL,
        PRIMARY KEY (date, holiday)
      )
    `);
    await runner.query(`
      CREATE TABLE quarantined_messages (
        topic text NOT NULL,
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        key bytea,
        value bytea,
        headers jsonb NOT NULL,
        reasons jsonb NOT NULL,
        quarantined_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (topic, partition, "offset", recorded_at)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE quarantined_messages, holidays, client_first_purchase_date, campaigns, messages');
  }
}
