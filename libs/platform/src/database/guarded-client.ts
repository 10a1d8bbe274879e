import { Logger } from '@nestjs/common';
import { Client, type ClientConfig } from 'pg';

/**
 * A pg client that no lost connection can end the process with. Node throws an `error` event that nobody listens to, and
 * pg-pool takes its listener away before TypeORM adds its own: a server that ends the connection in between, as
 * pg_terminate_backend does when it meets a new one, would take the whole app with it. The next query on the client fails.
 */
export class GuardedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', (error) => {
      // Whoever listens besides reports it.
      if (this.listenerCount('error') === 1) new Logger('Database').warn(`A connection was lost: ${error.message}`);
    });
  }
}
