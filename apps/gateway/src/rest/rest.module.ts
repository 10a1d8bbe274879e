import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ROLE_CREATION_GRACE_MS } from '#platform/database/data-source-options.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { BearerToken } from '#platform/http/bearer-token.js';
import type { GatewayConfig } from '../config/gateway-config.js';
import { BASE_PATH } from '../http/base-path.js';
import { READ_URL } from '../read-server/read-url.js';
import { SystemMonitor } from '../system/system-monitor.js';
import { ApiRequestMiddleware } from './access/api-request.middleware.js';
import { ClientRecordController } from './client-record.controller.js';
import { MartReader } from './database/mart-reader.js';
import { readerOptions } from './database/reader-options.js';
import { IndexController } from './index.controller.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { ResourceController } from './resource.controller.js';
import { ResourceService } from './resource.service.js';

const READER = 'reader';
/** Connects the readers' pool in the background. */
const READER_CONNECTION = Symbol('reader connection');

/** The number of cores of a small server. */
const MAX_SLOW = 2;

/** The REST API below /api/v1. Its problem filter covers other modules' routes below /api too. */
@Module({})
export class RestModule implements NestModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    // Leaves one connection to fast queries.
    const maxSlow = Math.max(1, Math.min(MAX_SLOW, config.GATEWAY_READ_POOL_SIZE - 1));
    const readUrl = config.MART_READ_URL === undefined ? undefined : READ_URL;
    return {
      module: RestModule,
      imports: [
        TypeOrmModule.forRootAsync({
          name: READER,
          useFactory: () => ({ ...readerOptions(config), manualInitialization: true }),
        }),
      ],
      controllers: [IndexController, ResourceController, ClientRecordController],
      providers: [
        ResourceService,
        { provide: BASE_PATH, useValue: config.GATEWAY_BASE_PATH },
        {
          provide: READER_CONNECTION,
          inject: [getDataSourceToken(READER)],
          useFactory: (dataSource: DataSource) => new DatabaseConnection(dataSource, ROLE_CREATION_GRACE_MS, readUrl),
        },
        {
          provide: MartReader,
          inject: [getDataSourceToken(READER), SystemMonitor],
          useFactory: (dataSource: DataSource, system: SystemMonitor) =>
            new MartReader(dataSource, system, maxSlow, readUrl),
        },
        { provide: BearerToken, useFactory: () => new BearerToken(config.GATEWAY_API_TOKEN) },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ApiRequestMiddleware).forRoutes('api', 'api/*path');
  }
}
