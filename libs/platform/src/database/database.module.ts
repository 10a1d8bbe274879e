import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../config/database-config.js';
import { HealthRegistry } from '../health/health-registry.js';
import { dataSourceOptions, type DatabaseOptions } from './data-source-options.js';
import { DatabaseConnection } from './database-connection.js';

@Module({})
export class DatabaseModule {
  /** Provides TypeORM's `DataSource` and `DatabaseConnection`, and registers the readiness check `postgresql`. Needs HealthModule. */
  static forRoot(config: DatabaseConfig, options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        // Manual, because TypeOrmModule's own retries block the start of the whole app, including /livez.
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSourceOptions(config, options), manualInitialization: true }),
        }),
      ],
      providers: [
        {
          provide: DatabaseConnection,
          inject: [DataSource, HealthRegistry],
          useFactory: (dataSource: DataSource, health: HealthRegistry) => createConnection(dataSource, health, options),
        },
      ],
      exports: [DatabaseConnection],
    };
  }
}

function createConnection(
  dataSource: DataSource,
  health: HealthRegistry,
  options: DatabaseOptions,
): DatabaseConnection {
  const connection = new DatabaseConnection(dataSource, options.retryRefusedForMs);
  health.registerReadiness('postgresql', () => connection.check());
  return connection;
}
