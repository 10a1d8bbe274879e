import { type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { HttpConfig } from '../config/http-config.js';
import { messageOf } from '../errors/message-of.js';
import { PipelineError } from '../errors/pipeline-error.js';
import { fileCalls } from '../csv/file-calls.js';
import { HardenedAdapter } from '../http/hardened-adapter.js';
import { createLogger } from '../logging/logger.js';
import { Shutdown } from './shutdown.js';

/** Shuts the app down gracefully. The first call decides the exit code; default 0. */
export type Stop = (exitCode?: number) => void;

export interface RunAppOptions<C extends HttpConfig> {
  /** Name of the service, in every log line. */
  name: string;
  /** Reads the configuration. An error is logged like any other failure to start. */
  config: () => C;
  /** Called before the app listens, for example to call `app.connectMicroservice({ strategy })`. */
  configure?: (app: NestExpressApplication, config: C) => void | Promise<void>;
  /** Called when the app listens and its microservices have started. An error ends the app with exit code 1. */
  onReady?: (app: NestExpressApplication, stop: Stop, config: C) => void | Promise<void>;
}

/** Sent to the parent process if the app was started with an IPC channel. */
export interface ListeningMessage {
  type: 'listening';
  name: string;
  port: number;
}

/**
 * Runs a service. It starts HTTP for probes and metrics first, so that it is alive while it waits for dependencies, then its
 * microservices, then `onReady`.
 *
 * SIGTERM, SIGINT, a closed IPC channel or `stop` shut it down: /readyz answers 503, work in flight is completed, transports close, and
 * the process exits with 0 or the code passed to `stop`. After 10 s it exits with 1.
 *
 * @param module creates the root module, which must import HealthModule.
 */
export async function runApp<C extends HttpConfig>(
  module: (config: C) => DynamicModule | Type,
  { name, config: readConfig, configure, onReady }: RunAppOptions<C>,
): Promise<void> {
  let logger = createLogger({ LOG_LEVEL: 'info', LOG_FORMAT: 'auto' }, name);
  let shutdown: Shutdown | undefined;
  try {
    const config = readConfig();
    logger = createLogger(config, name);
    fileCalls.onReport = (text) => logger.warn(text, 'Files');
    const app = await NestFactory.create<NestExpressApplication>(module(config), new HardenedAdapter(), {
      logger,
      abortOnError: false,
    });
    shutdown = new Shutdown(app, logger);
    shutdown.listenForRequests();
    await configure?.(app, config);
    await app.listen(config.PORT, config.HOST);
    surviveErrors(app.getHttpServer(), logger);
    announce(app, name, logger);
    await app.startAllMicroservices();
    await onReady?.(app, shutdown.begin, config);
  } catch (error) {
    logFailure(logger, error);
    if (shutdown) shutdown.begin(1);
    // The app was not created, so there is nothing to close; but constructors may have started something that keeps the process up.
    else process.exit(1);
  }
}

/** Without a listener, one connection that cannot be accepted (no file descriptors, say) would end the app. */
function surviveErrors(server: Server, logger: LoggerService): void {
  server.on('error', (error) => {
    logger.warn(`The HTTP server continues after an error: ${error.message}`, 'App');
  });
}

function announce(app: NestExpressApplication, name: string, logger: LoggerService): void {
  const { port } = app.getHttpServer().address() as { port: number };
  logger.log(`Listening on port ${port}`, 'App');
  const message: ListeningMessage = { type: 'listening', name, port };
  if (process.connected) process.send?.(message);
}

/** The message of a PipelineError is enough; other errors need their stack. */
function logFailure(logger: LoggerService, error: unknown): void {
  if (error instanceof PipelineError) logger.fatal?.(`${error.code}: ${error.message}`, 'App');
  else if (error instanceof Error) logger.fatal?.(messageOf(error), error.stack, 'App');
  else logger.fatal?.(messageOf(error), 'App');
}
