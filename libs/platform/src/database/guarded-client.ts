import { Logger } from '@nestjs/common';
import { Client, type ClientConfig } from 'pg';
import type { DatabaseHosts } from './database-hosts.js';

interface GuardedConfig extends ClientConfig {
  /** Where to connect to; else the connection string says so. */
  hosts?: DatabaseHosts;
}

/**
 * A pg client that no lost connection can end the process with. Node throws an `error` event that nobody listens to, and
 * pg-pool takes its listener away before TypeORM adds its own: a server that ends the connection in between, as
 * pg_terminate_backend does when it meets a new one, would take the whole app with it. The next query on the client fails.
 */
export class GuardedClient extends Client {
  private readonly onFailure: (() => void) | undefined;

  constructor(config: GuardedConfig = {}) {
    const { hosts } = config;
    const url = hosts?.current;
    super(url === undefined ? config : { ...config, connectionString: url });
    this.onFailure = url === undefined ? undefined : () => hosts?.leave(url);
    this.on('error', (error) => {
      // Whoever listens besides reports it.
      if (this.listenerCount('error') === 1) new Logger('Database').warn(`A connection was lost: ${error.message}`);
    });
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<this> | void {
    const onConnect = (error: Error | null): void => {
      if (error) this.onFailure?.();
      callback?.(error as Error);
    };
    if (callback) return super.connect(onConnect);
    return super.connect().catch((error: Error) => {
      onConnect(error);
      throw error;
    }) as Promise<this>;
  }
}
