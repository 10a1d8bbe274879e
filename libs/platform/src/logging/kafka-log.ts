import type { Logger } from '@nestjs/common';
import { logLevel, type LogEntry, type logCreator } from 'kafkajs';
import { WarningThrottle } from './warning-throttle.js';

/** What brokers answer while they or a topic start, and what kafkajs tries again; worth a warning once it lasts. */
const RESPONSE = /^Connection: Response /;
const PASSING_MS = 5000;

/** Part of the protocol, not a fault: the group is rebalancing and kafkajs joins again by itself. */
const REBALANCE = /rebalanc|not aware of this member|generation id/i;

/** Says once more what the failed connection has said. */
const ECHO = /^BrokerPool: Failed to connect to seed broker/;

/** Said by Nest's own record, or worth nothing: a stack of kafkajs' inside. */
const OMITTED_FIELDS = new Set(['message', 'timestamp', 'logger', 'stack']);

/**
 * kafkajs' log as Nest's. Nothing is logged as an error: what kafkajs retries may yet succeed, and what it gives up on
 * it throws at its caller, who knows what it means.
 */
export function createKafkaLog(logger: Pick<Logger, 'warn' | 'debug'>, now: () => number = Date.now): logCreator {
  const warnings = new WarningThrottle(now);
  const isWorthAWarning = (text: string) => warnings.shouldWarn(text, RESPONSE.test(text) ? PASSING_MS : 0);

  return () =>
    ({ namespace, level, log }: LogEntry) => {
      const { message } = log;
      const details = Object.fromEntries(Object.entries(log).filter(([key]) => !OMITTED_FIELDS.has(key)));
      const text = `${namespace}: ${message}${typeof details['error'] === 'string' ? `: ${details['error']}` : ''}`;
      // Of its steps the app logs those that matter.
      const isDetail = level >= logLevel.INFO || REBALANCE.test(text) || ECHO.test(text);
      if (isDetail || !isWorthAWarning(text)) logger.debug(text, details);
      else logger.warn(text, details);
    };
}
