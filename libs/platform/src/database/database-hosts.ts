import type { ClientBase } from 'pg';
import { urlsByHost } from '../config/database-url.js';
import type { Secret } from '../config/secret.js';
import { standbyError } from './standby-error.js';

/** The servers of a URL that names several for failover. New connections go to the server that worked last. */
export class DatabaseHosts {
  private index = 0;

  /** @param url names one server or several. It is read for each connection, because passwords are rotated */
  constructor(private readonly url: Secret) {}

  get current(): string {
    const { urls } = this;
    return urls[this.index % urls.length]!;
  }

  private get urls(): readonly string[] {
    return urlsByHost(this.url.value);
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
