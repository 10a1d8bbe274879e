import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogConfig } from '../config/http-config.js';
import { takesEscapes } from '../config/terminal-config.js';

/** Least severe first: a level enables itself and all that follow. */
const SEVERITIES = ['debug', 'log', 'warn', 'error', 'fatal'] as const satisfies readonly LogLevel[];

/** Contexts of Nest's own start-up records. */
const NEST_WIRING_CONTEXTS: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/** Nest's console logger with the service's name in every JSON record, because several services may share a log stream. */
class ServiceLogger extends ConsoleLogger {
  constructor(
    private readonly service: string,
    json: boolean,
    logLevels: LogLevel[],
  ) {
    super({ json, colors: takesEscapes(process.stdout), logLevels, prefix: service, flattenParams: true });
  }

  /** Logs how Nest wires the modules at debug level; it would fill the first page of every log. */
  override log(message: unknown, ...rest: unknown[]): void {
    if (NEST_WIRING_CONTEXTS.has(rest.at(-1))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override getJsonLogObject(...args: Parameters<ConsoleLogger['getJsonLogObject']>) {
    return { ...super.getJsonLogObject(...args), service: this.service };
  }
}

/** Creates the logger of an app: one JSON object per line, or text. */
export function createLogger(config: LogConfig, service: string): ConsoleLogger {
  const json = config.LOG_FORMAT === 'auto' ? !process.stdout.isTTY : config.LOG_FORMAT === 'json';
  const threshold = config.LOG_LEVEL === 'info' ? 'log' : config.LOG_LEVEL;
  return new ServiceLogger(service, json, SEVERITIES.slice(SEVERITIES.indexOf(threshold)));
}
