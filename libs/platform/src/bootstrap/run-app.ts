import { type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { HttpConfig } from '../config/http-config.js';
import { messageOf } from '../errors/message-of.js';
import { PipelineError } from '../errors/pipeline-error.js';
import { fileCalls } from '../csv/file-calls.js';
import { createLogger } from '../logging/logger.js';
import { Shutdown } from './shutdown.js';

/** Ends the app gracefully; the first call decides the exit code (0 unless given). */
export type Stop = (exitCode?: number) => void;

export interface RunAppOptions<C extends HttpConfig> {
  /** Of the service; in every log line. */
  name: string;
  /** Reads the configuration; what it throws is logged like any other failure to start. */
  config: () => C;
  /** Before the app listens; the place for `app.connectMicroservice({ strategy })`. */
  configure?: (app: NestExpressApplication, config: C) => void | Promise<void>;
  /** After it listens and its microservices have started. What it throws ends the app with exit code 1. */
  onReady?: (app: NestExpressApplication, stop: Stop) => void | Promise<void>;
}

/** Sent to the parent over the IPC channel, where the app was started with one. */
export interface ListeningMessage {
  type: 'listening';
  name: string;
  port: number;
}

/**
 * Runs a service: HTTP for probes and metrics first, so that it is alive while it still waits for others, then its
 * microservices, then `onReady`. SIGTERM, SIGINT, a parent whose IPC channel closes, or `stop` end it: /readyz turns 503, what is
 * in flight is finished, transports close, exit code 0 or the one given to `stop`; not done after 10 s: exit code 1.
 *
 * @param module how to make the root module of the configuration; it must import HealthModule.
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
    fileCalls.tell = (news) => logger.warn(news, 'Files');
    const app = await NestFactory.create<NestExpressApplication>(module(config), { logger, abortOnError: false });
    shutdown = new Shutdown(app, logger);
    shutdown.listenForRequests();
    app.disable('x-powered-by');
    await configure?.(app, config);
    await app.listen(config.PORT, config.HOST);
    outliveErrors(app.getHttpServer(), logger);
    announce(app, name, logger);
    await app.startAllMicroservices();
    await onReady?.(app, shutdown.begin);
  } catch (error) {
    logFailure(logger, error);
    if (shutdown) shutdown.begin(1);
    // Not even built: there is nothing to close, but constructors may have left something that keeps the process up.
    else process.exit(1);
  }
}

/** Without a listener one connection that cannot be accepted, for want of file descriptors say, would end the app. */
function outliveErrors(server: Server, logger: LoggerService): void {
  server.on('error', (error) => {
    logger.warn(`The HTTP server goes on after an error: ${error.message}`, 'App');
  });
}

function announce(app: NestExpressApplication, name: string, logger: LoggerService): void {
  const { port } = app.getHttpServer().address() as { port: number };
  logger.log(`Listening on port ${port}`, 'App');
  const message: ListeningMessage = { type: 'listening', name, port };
  if (process.connected) process.send?.(message);
}

/** The message of a PipelineError says all there is to know; of anything else the stack is needed. */
function logFailure(logger: LoggerService, error: unknown): void {
  if (error instanceof PipelineError) logger.fatal?.(`${error.code}: ${error.message}`, 'App');
  else if (error instanceof Error) logger.fatal?.(messageOf(error), error.stack, 'App');
  else logger.fatal?.(messageOf(error), 'App');
}
