import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#platform/errors/config-error.js';
import { readConsumerConfig } from './consumer-config.js';

const REQUIRED = { DATABASE_URL: 'postgresql://user:secret@localhost/messaging' };

const DEFAULTS = {
  CONSUMER_GROUP_ID: 'messages-consumer',
  CONSUMER_BATCH_RECORDS: 3000,
  CONSUMER_BATCH_BYTES: 16_777_216,
  CONSUMER_BATCH_MS: 500,
  CONSUMER_FETCH_PARTITION_BYTES: 524_288,
  CONSUMER_SESSION_TIMEOUT_MS: 10_000,
  CONSUMER_HEARTBEAT_MS: 2000,
  CONSUMER_BREAKER_RECORDS: 1000,
};

describe('readConsumerConfig', () => {
  it('requires only the database', () => {
    const config = readConsumerConfig([], REQUIRED);
    expect(config).toMatchObject({
      ...DEFAULTS,
      KAFKA_TOPIC: 'message_data',
      CONSUMER_BREAKER_SHARE: 0.5,
      CONSUMER_OPERATOR_TOKEN: undefined,
      continues: false,
    });
    expect(config.DATABASE_URL.value).toBe(REQUIRED.DATABASE_URL);
  });

  it.each(Object.entries(DEFAULTS).filter(([, value]) => typeof value === 'number'))('reads %s', (name, value) => {
    expect(readConsumerConfig([], { ...REQUIRED, [name]: String(Number(value) + 7) })).toHaveProperty(
      name,
      Number(value) + 7,
    );
  });

  it('reads CONSUMER_GROUP_ID', () => {
    expect(readConsumerConfig([], { ...REQUIRED, CONSUMER_GROUP_ID: 'another' }).CONSUMER_GROUP_ID).toBe('another');
  });

  it.each(Object.entries(DEFAULTS).filter(([, value]) => typeof value === 'number'))('rejects a bad %s', (name) => {
    for (const bad of ['0', '-1', '1.5', 'many', '1e3']) {
      const read = () => readConsumerConfig([], { ...REQUIRED, [name]: bad });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(name);
    }
  });

  it.each(['5999', '1800001'])('rejects a session timeout of %s ms, which brokers do not accept', (bad) => {
    expect(() => readConsumerConfig([], { ...REQUIRED, CONSUMER_SESSION_TIMEOUT_MS: bad })).toThrow(
      /CONSUMER_SESSION_TIMEOUT_MS="\d+": must be an integer from 6000 to 1800000/,
    );
  });

  it('rejects a heartbeat interval that does not allow for two lost heartbeats', () => {
    const read = (heartbeat: string) =>
      readConsumerConfig([], { ...REQUIRED, CONSUMER_SESSION_TIMEOUT_MS: '6000', CONSUMER_HEARTBEAT_MS: heartbeat });
    expect(read('2000').CONSUMER_HEARTBEAT_MS).toBe(2000);
    expect(() => read('2001')).toThrow('CONSUMER_HEARTBEAT_MS must be at most a third of CONSUMER_SESSION_TIMEOUT_MS');
  });

  it.each([
    ['0.25', 0.25],
    ['.9', 0.9],
    ['1', 1],
    ['1.0', 1],
  ])('reads a CONSUMER_BREAKER_SHARE of %s', (text, share) => {
    expect(readConsumerConfig([], { ...REQUIRED, CONSUMER_BREAKER_SHARE: text }).CONSUMER_BREAKER_SHARE).toBe(share);
  });

  it.each(['0', '0.0', '1.5', '50', '50%', '-0.5', 'off', '1e-1'])('rejects a CONSUMER_BREAKER_SHARE of %s', (bad) => {
    expect(() => readConsumerConfig([], { ...REQUIRED, CONSUMER_BREAKER_SHARE: bad })).toThrow(
      `CONSUMER_BREAKER_SHARE="${bad}": must be a share above 0 and up to 1, such as 0.5; 1 turns the breaker off`,
    );
  });

  it('rejects a short CONSUMER_OPERATOR_TOKEN, without showing it', () => {
    const read = () => readConsumerConfig([], { ...REQUIRED, CONSUMER_OPERATOR_TOKEN: 'short' });
    expect(read).toThrow('CONSUMER_OPERATOR_TOKEN (value not shown): must be at least 16 ASCII characters');
  });

  it('reads --continue, and refuses every other argument', () => {
    expect(readConsumerConfig(['--continue'], REQUIRED).continues).toBe(true);
    for (const bad of [['--go-on'], ['now'], ['--continue=yes']]) {
      const read = () => readConsumerConfig(bad, REQUIRED);
      expect(read).toThrow('Usage: consumer [--continue]');
      expect(read).toThrow(expect.objectContaining({ code: 'CONSUMER_ARGUMENTS_INVALID' }));
    }
  });

  it('reports all bad variables at once, without secrets', () => {
    const read = () => readConsumerConfig([], { DATABASE_URL: 'mysql://user:secret@h/d', CONSUMER_BATCH_MS: 'x' });
    expect(read).toThrow(/DATABASE_URL[^]*CONSUMER_BATCH_MS/);
    expect(read).not.toThrow(/secret/);
  });
});
