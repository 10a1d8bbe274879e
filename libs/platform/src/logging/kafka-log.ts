import type { Logger } from '@nestjs/common';
import { logLevel, type LogEntry, type logCreator } from 'kafkajs';

/** The same complaint is only worth a debug line for this time, then for twice as long: kafkajs repeats it at every retry of every connection. */
const repeatWindowMs = 30_000;
const longestWindowMs = 600_000;

/** A complaint that was not heard for so long is a new one. */
const forgottenAfterMs = 60_000;

/** What brokers answer while they or a topic start, and what kafkajs tries again; worth a warning once it lasts. */
const answer = /^Connection: Response /;
const passingMs = 5000;

/** Part of the protocol, not a fault: the group is rebalancing and kafkajs joins again by itself. */
const rebalance = /rebalanc|not aware of this member|generation id/i;

/** Said by Nest's own record, or worth nothing: a stack of kafkajs' inside. */
const omitted = new Set(['message', 'timestamp', 'logger', 'stack']);

interface Complaint {
  lastAt: number;
  /** When it is next worth a warning. */
  dueAt: number;
  windowMs: number;
}

/**
 * kafkajs' log as Nest's. Nothing is logged as an error: what kafkajs retries may yet succeed, and what it gives up on
 * it throws at its caller, who knows what it means.
 */
export function createKafkaLog(
  logger: Pick<Logger, 'log' | 'warn' | 'debug'>,
  now: () => number = Date.now,
): logCreator {
  const complaints = new Map<string, Complaint>();

  const isWorthAWarning = (text: string): boolean => {
    const time = now();
    let complaint = complaints.get(text);
    if (complaint === undefined || time - complaint.lastAt > forgottenAfterMs) {
      // Bounded: messages that carry ids must not pile up for as long as the process lives.
      if (complaints.size >= 100) complaints.clear();
      complaint = { lastAt: time, dueAt: answer.test(text) ? time + passingMs : time, windowMs: repeatWindowMs };
      complaints.set(text, complaint);
    }
    complaint.lastAt = time;
    if (time < complaint.dueAt) return false;
    complaint.dueAt = time + complaint.windowMs;
    complaint.windowMs = Math.min(2 * complaint.windowMs, longestWindowMs);
    return true;
  };

  return () =>
    ({ namespace, level, log }: LogEntry) => {
      const { message } = log;
      const details = Object.fromEntries(Object.entries(log).filter(([key]) => !omitted.has(key)));
      const text = `${namespace}: ${message}${typeof details['error'] === 'string' ? `: ${details['error']}` : ''}`;
      if (level === logLevel.INFO) logger.log(text, details);
      else if (level === logLevel.DEBUG || rebalance.test(text) || !isWorthAWarning(text)) logger.debug(text, details);
      else logger.warn(text, details);
    };
}
