import { Logger } from '@nestjs/common';
import type { ClientConfig } from 'pg';
import { DatabaseClient } from './database-client.js';
import type { DatabaseHosts } from './database-hosts.js';

interface GuardedConfig extends ClientConfig {
  /** The servers to connect to. Default: the connection string. */
  hosts?: DatabaseHosts;
}

/**
 * A pg client whose lost connection does not end the process. Node.js throws when an `error` event has no listener, and pg-pool
 * removes its listener before TypeORM adds another: if the server ends the connection in between, for example by
 * pg_terminate_backend, the whole app would crash. With this client, only the next query fails.
 */
export class GuardedClient extends DatabaseClient {
  private readonly onFailure: (() => void) | undefined;

  constructor(config: GuardedConfig = {}) {
    const { hosts } = config;
    const url = hosts?.current;
    super(url ?? config.connectionString ?? '', config);
    this.onFailure = url === undefined ? undefined : () => hosts?.leave(url);
    this.on('error', (error) => {
      // Any other listener reports the error.
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
