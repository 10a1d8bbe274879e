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
  const logger = { log: record('log'), warn: record('warn'), debug: record('debug') };
  const log = createKafkaLog(logger, () => time)(logLevel.INFO);
  write = (level, message, extra = {}) => {
    const entry = { message, timestamp: '2026-01-01T00:00:00.000Z', logger: 'kafkajs', ...extra };
    log({ namespace: 'Connection', level, label: '', log: entry });
  };
});

describe('createKafkaLog', () => {
  it('warns of what kafkajs calls an error, with its reason', () => {
    write(logLevel.ERROR, 'Response Metadata', { error: 'no leader' });

    expect(lines).toEqual(['warn Connection: Response Metadata: no leader']);
  });

  it('passes information on and keeps debugging down', () => {
    write(logLevel.INFO, 'joined');
    write(logLevel.DEBUG, 'request');

    expect(lines).toEqual(['log Connection: joined', 'debug Connection: request']);
  });

  it('warns once of a complaint that is repeated, and again after half a minute', () => {
    write(logLevel.ERROR, 'Connection error');
    time = 29_999;
    write(logLevel.ERROR, 'Connection error');
    write(logLevel.WARN, 'another');
    time = 30_000;
    write(logLevel.ERROR, 'Connection error');

    expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'debug', 'warn', 'warn']);
  });

  it.each(['The group is rebalancing, so a rejoin is needed', 'The coordinator is not aware of this member'])(
    'takes "%s" for a part of the protocol',
    (error) => {
      write(logLevel.ERROR, 'Response Heartbeat', { error });

      expect(lines).toEqual([`debug Connection: Response Heartbeat: ${error}`]);
    },
  );
});
