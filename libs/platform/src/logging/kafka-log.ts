import type { Logger } from '@nestjs/common';
import { logLevel, type LogEntry, type logCreator } from 'kafkajs';
import { WarningThrottle } from './warning-throttle.js';

/** Error responses that kafkajs retries, common while a broker or topic starts. Worth a warning only if they last. */
const RESPONSE = /^Connection: Response /;
const PASSING_MS = 5000;

/** Part of the protocol, not an error: the group is rebalancing, and kafkajs rejoins on its own. */
const REBALANCE = /rebalanc|not aware of this member|generation id/i;

/** Repeats the error of the failed connection. */
const ECHO = /^BrokerPool: Failed to connect to seed broker/;

/** Fields that Nest's log record already has, and stacks from inside kafkajs. */
const OMITTED_FIELDS = new Set(['message', 'timestamp', 'logger', 'stack']);

/**
 * Writes kafkajs' log to Nest's. Nothing is logged as an error: kafkajs retries most failures and throws the others to the caller,
 * which knows what they mean.
 */
export function createKafkaLog(logger: Pick<Logger, 'warn' | 'debug'>, now: () => number = Date.now): logCreator {
  const warnings = new WarningThrottle(now);
  const isWorthAWarning = (text: string) => warnings.shouldWarn(text, RESPONSE.test(text) ? PASSING_MS : 0);

  return () =>
    ({ namespace, level, log }: LogEntry) => {
      const { message } = log;
      const details = Object.fromEntries(Object.entries(log).filter(([key]) => !OMITTED_FIELDS.has(key)));
      const text = `${namespace}: ${message}${typeof details['error'] === 'string' ? `: ${details['error']}` : ''}`;
      // Debug level: the app itself logs the steps that matter.
      const isDetail = level >= logLevel.INFO || REBALANCE.test(text) || ECHO.test(text);
      if (isDetail || !isWorthAWarning(text)) logger.debug(text, details);
      else logger.warn(text, details);
    };
}
