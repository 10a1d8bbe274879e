import { Module, type DynamicModule } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, ROLE_CREATION_GRACE_MS } from '#platform/database/data-source-options.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import type { GatewayConfig } from '../config/gateway-config.js';
import { READ_URL } from './read-url.js';

/** Injection token: the connection that probes the server of MART_READ_URL; undefined without that variable. */
export const READ_SERVER = Symbol('READ_SERVER');

const NAME = 'read-server';

/** A connection of its own for the probe, which must not wait for the readers' queries. */
@Module({})
export class ReadServerModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    const { MART_READ_URL: url } = config;
    const module = { module: ReadServerModule, global: true, exports: [READ_SERVER] };
    if (url === undefined) return { ...module, providers: [{ provide: READ_SERVER, useValue: undefined }] };
    const options = dataSourceOptions(
      { ...config, DATABASE_URL: url, DATABASE_POOL_SIZE: 1 },
      { applicationName: 'gateway-read-probe', session: { readOnly: true }, mayBeStandby: true },
    );
    return {
      ...module,
      imports: [
        TypeOrmModule.forRootAsync({ name: NAME, useFactory: () => ({ ...options, manualInitialization: true }) }),
      ],
      providers: [
        {
          provide: READ_SERVER,
          inject: [getDataSourceToken(NAME)],
          useFactory: (source: DataSource) => new DatabaseConnection(source, ROLE_CREATION_GRACE_MS, READ_URL),
        },
      ],
    };
  }
}
