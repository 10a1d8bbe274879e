import { randomBytes } from 'node:crypto';
import { query, type MartDatabase } from './mart-database.js';

/** A user with the rights of the role `analyst`, or of others. */
export interface Analyst {
  /** Connection URL of the mart's database as this user. */
  readonly url: string;
  /** Removes the user. */
  drop(): Promise<void>;
}

/** Creates an analyst with a random name and password, because roles are shared by all databases of the server. */
export async function createAnalyst(
  database: MartDatabase,
  serverUrl: string,
  roles: readonly string[] = ['analyst'],
): Promise<Analyst> {
  const name = `analyst_${randomBytes(8).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  await query(serverUrl, `CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE ${roles.join(', ')}`);
  const url = new URL(database.url);
  url.username = name;
  url.password = password;
  return { url: url.href, drop: () => query(serverUrl, `DROP ROLE ${name}`).then(() => undefined) };
}
