import { randomBytes } from 'node:crypto';
import { query, withClient, type MartDatabase } from './mart-database.js';

/** A role that may read the mart and nothing else. */
export interface Analyst {
  /** Connection URL of the mart's database as this role. */
  readonly url: string;
  /** Removes the role; the database must be gone by then. */
  drop(): Promise<void>;
}

/** A name of the test's own, since roles belong to the whole server. */
export async function createAnalyst(database: MartDatabase, serverUrl: string): Promise<Analyst> {
  const name = `analyst_${randomBytes(8).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  await withClient(database.url, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
    for (const schema of ['public', 'mart']) {
      await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${name}`);
      await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${name}`);
    }
  });
  const url = new URL(database.url);
  url.username = name;
  url.password = password;
  return { url: url.href, drop: () => query(serverUrl, `DROP ROLE ${name}`).then(() => undefined) };
}

export interface MartView {
  readonly name: string;
  readonly comment: string;
}

/** @returns the views in the schema `mart`; makes one where the migrations make none */
export async function ensureMartViews(database: MartDatabase): Promise<MartView[]> {
  const views = () =>
    query<MartView>(
      database.url,
      `SELECT relname AS name, obj_description(oid, 'pg_class') AS comment
       FROM pg_class WHERE relnamespace = to_regnamespace('mart') AND relkind = 'v' ORDER BY relname`,
    );
  if ((await views()).length === 0) {
    await withClient(database.url, async (client) => {
      await client.query('CREATE SCHEMA IF NOT EXISTS mart');
      await client.query(
        'CREATE VIEW mart.messages_by_channel AS SELECT channel, count(*) AS messages FROM messages GROUP BY channel',
      );
      await client.query(
        "COMMENT ON VIEW mart.messages_by_channel IS 'How many messages went out through each channel'",
      );
    });
  }
  return views();
}
