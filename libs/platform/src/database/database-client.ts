import { Client, type ClientConfig } from 'pg';
import { databaseTlsOf, withoutTls } from '../config/database-tls.js';
import { SecureConnection } from './secure-connection.js';

/** A pg client whose URL means what it means to libpq, and so to psql and to the Spark job. */
export class DatabaseClient extends Client {
  constructor(url: string, config: ClientConfig = {}) {
    const tls = databaseTlsOf(url);
    super({
      ...config,
      connectionString: withoutTls(url),
      // The connection does both itself.
      ssl: false,
      sslnegotiation: 'postgres',
      enableChannelBinding: tls.channelBinding !== 'disable',
      connection: new SecureConnection(tls, config),
    } as ClientConfig);
  }
}
