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
  it('warns of what kafkajs calls an error, with its reason', () => {
    write(logLevel.ERROR, 'Failed to connect', { error: 'timed out' });

    expect(lines).toEqual(['warn Connection: Failed to connect: timed out']);
  });

  it("warns of a broker's answer only when it lasts", () => {
    const levels = [0, 4_999, 5_000, 5_001].map((at) => {
      time = at;
      write(logLevel.ERROR, 'Response Metadata', { error: 'no leader' });
      return lines.at(-1)!.split(' ')[0];
    });

    expect(levels).toEqual(['debug', 'debug', 'warn', 'debug']);
  });

  it('keeps its steps and its debugging down', () => {
    write(logLevel.INFO, 'joined');
    write(logLevel.DEBUG, 'request');

    expect(lines).toEqual(['debug Connection: joined', 'debug Connection: request']);
  });

  it('warns of a complaint that is repeated ever less often', () => {
    const warnedAt: number[] = [];
    for (time = 0; time <= 300_000; time += 1_000) {
      write(logLevel.ERROR, 'Connection error');
      if (lines.at(-1)!.startsWith('warn')) warnedAt.push(time / 1_000);
    }
    write(logLevel.WARN, 'another');

    expect(warnedAt).toEqual([0, 30, 90, 210]);
    expect(lines.at(-1)).toBe('warn Connection: another');
  });

  it('takes a complaint that comes back after a minute for a new one', () => {
    write(logLevel.ERROR, 'Connection error');
    time = 60_001;
    write(logLevel.ERROR, 'Connection error');

    expect(lines).toEqual(['warn Connection: Connection error', 'warn Connection: Connection error']);
  });

  it.each(['The group is rebalancing, so a rejoin is needed', 'The coordinator is not aware of this member'])(
    'takes "%s" for a part of the protocol',
    (error) => {
      write(logLevel.ERROR, 'Response Heartbeat', { error });

      expect(lines).toEqual([`debug Connection: Response Heartbeat: ${error}`]);
    },
  );
});
