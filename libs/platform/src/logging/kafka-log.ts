import type { Logger } from '@nestjs/common';
import { logLevel, type LogEntry, type logCreator } from 'kafkajs';

/** The same complaint within this time is only worth a debug line: kafkajs repeats it at every retry of every connection. */
const repeatWindowMs = 30_000;

/** Part of the protocol, not a fault: the group is rebalancing and kafkajs joins again by itself. */
const rebalance = /rebalanc|not aware of this member|generation id/i;

/** Said by Nest's own record, or worth nothing: a stack of kafkajs' inside. */
const omitted = new Set(['message', 'timestamp', 'logger', 'stack']);

/**
 * kafkajs' log as Nest's. Nothing is logged as an error: what kafkajs retries may yet succeed, and what it gives up on
 * it throws at its caller, who knows what it means.
 */
export function createKafkaLog(
  logger: Pick<Logger, 'log' | 'warn' | 'debug'>,
  now: () => number = Date.now,
): logCreator {
  const lastWarned = new Map<string, number>();

  const isRepeated = (text: string): boolean => {
    const last = lastWarned.get(text);
    const time = now();
    if (last !== undefined && time - last < repeatWindowMs) return true;
    // Bounded: messages that carry ids must not pile up for as long as the process lives.
    if (lastWarned.size >= 100) lastWarned.clear();
    lastWarned.set(text, time);
    return false;
  };

  return () =>
    ({ namespace, level, log }: LogEntry) => {
      const { message } = log;
      const details = Object.fromEntries(Object.entries(log).filter(([key]) => !omitted.has(key)));
      const text = `${namespace}: ${message}${typeof details['error'] === 'string' ? `: ${details['error']}` : ''}`;
      if (level === logLevel.INFO) logger.log(text, details);
      else if (level === logLevel.DEBUG || rebalance.test(text) || isRepeated(text)) logger.debug(text, details);
      else logger.warn(text, details);
    };
}
