import { query } from './mart-database.js';

/** An older copy of a database on the same server. */
export interface DatabaseCopy {
  /** Ends all sessions of the database, and puts the copy in its place. @throws if somebody connects meanwhile: call it again */
  takePlace(): Promise<true>;
}

/** Copies a database that nobody is connected to. */
export async function copyOf(databaseUrl: string): Promise<DatabaseCopy> {
  const server = new URL(databaseUrl);
  const name = server.pathname.slice(1);
  server.pathname = '/postgres';
  await query(server.href, `CREATE DATABASE ${name}_older TEMPLATE ${name}`);
  return {
    async takePlace() {
      await query(server.href, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      await query(server.href, `ALTER DATABASE ${name} RENAME TO ${name}_newer`);
      await query(server.href, `ALTER DATABASE ${name}_older RENAME TO ${name}`);
      return true;
    },
  };
}
