import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogConfig } from '../config/http-config.js';
import { takesEscapes } from '../config/terminal-config.js';

/** Least severe first: a level enables itself and all that follow. */
const SEVERITIES = ['debug', 'log', 'warn', 'error', 'fatal'] as const satisfies readonly LogLevel[];

/** Contexts of Nest's own start-up records. */
const NEST_WIRING_CONTEXTS: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/** For each level its usual name, and the LogSeverity of Google Cloud Logging. */
const NAMES: Readonly<Record<LogLevel, { readonly level: string; readonly severity: string }>> = {
  verbose: { level: 'debug', severity: 'DEBUG' },
  debug: { level: 'debug', severity: 'DEBUG' },
  log: { level: 'info', severity: 'INFO' },
  warn: { level: 'warn', severity: 'WARNING' },
  error: { level: 'error', severity: 'ERROR' },
  fatal: { level: 'fatal', severity: 'CRITICAL' },
};

type Format = Exclude<LogConfig['LOG_FORMAT'], 'auto'>;

/**
 * Nest's console logger with the usual names of levels, times in ISO 8601 in UTC, and the service's name in every JSON record,
 * because several services may share a log stream.
 */
class ServiceLogger extends ConsoleLogger {
  constructor(
    private readonly service: string,
    private readonly format: Format,
    logLevels: LogLevel[],
  ) {
    const colors = takesEscapes(process.stdout) && takesEscapes(process.stderr);
    super({ json: format !== 'text', colors, logLevels, prefix: service, flattenParams: true });
  }

  /** Logs how Nest wires the modules at debug level; it would fill the first page of every log. */
  override log(message: unknown, ...rest: unknown[]): void {
    if (NEST_WIRING_CONTEXTS.has(rest.at(-1))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  protected override formatMessage(...args: Parameters<ConsoleLogger['formatMessage']>): string {
    args[3] = args[3].replace(' LOG', 'INFO');
    return super.formatMessage(...args);
  }

  protected override getJsonLogObject(...args: Parameters<ConsoleLogger['getJsonLogObject']>) {
    const entry = super.getJsonLogObject(...args);
    const { level, severity } = NAMES[entry.level];
    return {
      ...entry,
      ...(this.format === 'google' ? { severity } : {}),
      level: level as LogLevel,
      timestamp: new Date(entry.timestamp).toISOString() as unknown as number,
      service: this.service,
    };
  }
}

/** Creates the logger of an app: one JSON object per line, or text. */
export function createLogger({ LOG_FORMAT, LOG_LEVEL }: LogConfig, service: string): ConsoleLogger {
  const format = LOG_FORMAT === 'auto' ? (process.stdout.isTTY ? 'text' : 'json') : LOG_FORMAT;
  const threshold = LOG_LEVEL === 'info' ? 'log' : LOG_LEVEL;
  return new ServiceLogger(service, format, SEVERITIES.slice(SEVERITIES.indexOf(threshold)));
}
