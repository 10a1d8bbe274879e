import { beforeEach, describe, expect, it } from '@jest/globals';
import { logLevel } from 'kafkajs';
import { createKafkaLog } from './kafka-log.js';

let lines: string[];
let time: number;
let write: (level: logLevel, message: string, extra?: object) => void;

beforeEach(() => {
  lines = [];
  time = 0;
  const record = (level: string) => (message: unknown) => void lines.push(`${level} ${String(message)}`);
  const logger = { warn: record('warn'), debug: record('debug') };
  const log = createKafkaLog(logger, () => time)(logLevel.INFO);
  write = (level, message, extra = {}) => {
    const entry = { message, timestamp: '2026-01-01T00:00:00.000Z', logger: 'kafkajs', ...extra };
    log({ namespace: 'Connection', level, label: '', log: entry });
  };
});

describe('createKafkaLog', () => {
  it('logs an error of kafkajs as a warning, with its reason', () => {
    write(logLevel.ERROR, 'Failed to connect', { error: 'timed out' });

    expect(lines).toEqual(['warn Connection: Failed to connect: timed out']);
  });

  it('logs an error response of a broker as a warning only if it lasts', () => {
    const levels = [0, 4_999, 5_000, 5_001].map((at) => {
      time = at;
      write(logLevel.ERROR, 'Response Metadata', { error: 'no leader' });
      return lines.at(-1)!.split(' ')[0];
    });

    expect(levels).toEqual(['debug', 'debug', 'warn', 'debug']);
  });

  it('logs info and debug messages at debug level', () => {
    write(logLevel.INFO, 'joined');
    write(logLevel.DEBUG, 'request');

    expect(lines).toEqual(['debug Connection: joined', 'debug Connection: request']);
  });

  it('repeats a warning less and less often', () => {
    const warnedAt: number[] = [];
    for (time = 0; time <= 300_000; time += 1_000) {
      write(logLevel.ERROR, 'Connection error');
      if (lines.at(-1)!.startsWith('warn')) warnedAt.push(time / 1_000);
    }
    write(logLevel.WARN, 'another');

    expect(warnedAt).toEqual([0, 30, 90, 210]);
    expect(lines.at(-1)).toBe('warn Connection: another');
  });

  it('treats a warning that returns after a minute as new', () => {
    write(logLevel.ERROR, 'Connection error');
    time = 60_001;
    write(logLevel.ERROR, 'Connection error');

    expect(lines).toEqual(['warn Connection: Connection error', 'warn Connection: Connection error']);
  });

  it.each(['The group is rebalancing, so a rejoin is needed', 'The coordinator is not aware of this member'])(
    'treats "%s" as part of the protocol',
    (error) => {
      write(logLevel.ERROR, 'Response Heartbeat', { error });

      expect(lines).toEqual([`debug Connection: Response Heartbeat: ${error}`]);
    },
  );
});
