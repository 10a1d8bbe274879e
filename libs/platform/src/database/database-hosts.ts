import type { ClientBase } from 'pg';
import { standbyError } from './standby-error.js';

/** The servers of a URL that names several for failover. New connections go to the server that worked last. */
export class DatabaseHosts {
  private index = 0;

  /** @param urls one URL per server */
  constructor(private readonly urls: readonly string[]) {}

  get current(): string {
    return this.urls[this.index]!;
  }

  /** Switches to the next server, unless another connection has already switched. */
  leave(url: string): void {
    if (url === this.current) this.index = (this.index + 1) % this.urls.length;
  }

  /** For pg-pool's onConnect. @throws Error 25006 if the server is a standby, so that the next server is tried */
  readonly refuseStandby = async (client: ClientBase): Promise<void> => {
    if (this.urls.length === 1) return;
    const url = this.current;
    const { rows } = await client.query<{ is_standby: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS is_standby');
    if (!rows[0]!.is_standby) return;
    this.leave(url);
    throw standbyError();
  };
}
