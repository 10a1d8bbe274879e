import type { ClientBase } from 'pg';
import { standbyError } from './standby-error.js';

/** The servers that a URL names, of which one is the primary. New connections go to the one that worked last. */
export class DatabaseHosts {
  private index = 0;

  /** @param urls one for each server */
  constructor(private readonly urls: readonly string[]) {}

  get current(): string {
    return this.urls[this.index]!;
  }

  /** The next connection goes to another server, unless somebody has seen to that already. */
  leave(url: string): void {
    if (url === this.current) this.index = (this.index + 1) % this.urls.length;
  }

  /** For pg-pool's onConnect. @throws Error 25006 where the server is a standby, so that another one is tried */
  readonly refuseStandby = async (client: ClientBase): Promise<void> => {
    if (this.urls.length === 1) return;
    const url = this.current;
    const { rows } = await client.query<{ is_standby: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS is_standby');
    if (!rows[0]!.is_standby) return;
    this.leave(url);
    throw standbyError();
  };
}
