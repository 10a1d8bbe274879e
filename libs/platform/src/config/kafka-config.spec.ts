import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { readEnv } from './env.js';
import { kafkaProblems, kafkaShape } from './kafka-config.js';

describe('kafkaShape', () => {
  it('has defaults for one broker on this machine', () => {
    expect(readEnv(kafkaShape, {})).toEqual({
      KAFKA_BROKERS: ['localhost:9092'],
      KAFKA_TLS: false,
      KAFKA_OAUTH_PROVIDER: 'client-credentials',
      KAFKA_TOPIC: 'message_data',
      KAFKA_TOPIC_PARTITIONS: 6,
      KAFKA_TOPIC_REPLICATION: 1,
      KAFKA_TOPIC_MAX_MESSAGE_BYTES: 8_388_608,
    });
  });

  it.each([
    ['KAFKA_BROKERS', 'kafka-service:9092,[::1]:9093', ['kafka-service:9092', '[::1]:9093']],
    ['KAFKA_CLIENT_ID', 'consumer-3', 'consumer-3'],
    ['KAFKA_TOPIC', 'messages.v2_x-1', 'messages.v2_x-1'],
    ['KAFKA_TOPIC_PARTITIONS', '12', 12],
    ['KAFKA_TOPIC_REPLICATION', '3', 3],
    ['KAFKA_TOPIC_MAX_MESSAGE_BYTES', '1048576', 1_048_576],
  ])('%s accepts %s', (name, value, expected) => {
    expect(readEnv(kafkaShape, { [name]: value })).toHaveProperty(name, expected);
  });

  it.each([
    ['KAFKA_BROKERS', 'kafka-service'],
    ['KAFKA_BROKERS', 'kafka-service:9092,'],
    ['KAFKA_BROKERS', 'http://kafka-service:9092'],
    ['KAFKA_TOPIC', 'message data'],
    ['KAFKA_TOPIC', 'x'.repeat(250)],
    ['KAFKA_TOPIC_PARTITIONS', '0'],
    ['KAFKA_TOPIC_PARTITIONS', 'many'],
    ['KAFKA_TOPIC_REPLICATION', '0'],
    ['KAFKA_TOPIC_REPLICATION', '32768'],
    ['KAFKA_TOPIC_MAX_MESSAGE_BYTES', '8MiB'],
  ])('%s refuses %s', (name, value) => {
    expect(() => readEnv(kafkaShape, { [name]: value })).toThrow(`${name}="${value}": must be`);
  });
});

describe('kafkaProblems', () => {
  const LOGIN = { KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 's3cret' };
  const OAUTH = {
    ...{ KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_OAUTH_TOKEN_URL: 'https://login.example/token' },
    ...{ KAFKA_OAUTH_CLIENT_ID: 'apps', KAFKA_OAUTH_CLIENT_SECRET: 's3cret' },
  };
  const read = (env: Record<string, string>) => readEnv(kafkaShape, env, kafkaProblems);

  it.each([
    [{ KAFKA_TLS: 'true' }],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: 'package.json' }],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: 'package.json', KAFKA_TLS_KEY_FILE: 'package.json' }],
    [{ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', ...LOGIN }],
    [OAUTH],
    [{ ...OAUTH, KAFKA_OAUTH_SCOPE: 'kafka' }],
  ])('accepts %j', (env) => {
    expect(() => read(env as Record<string, string>)).not.toThrow();
  });

  it.each([
    [{ KAFKA_TLS_CA_FILE: 'package.json' }, 'KAFKA_TLS_CA_FILE has no effect: set KAFKA_TLS=true'],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: 'package.json' }, 'KAFKA_TLS_KEY_FILE is not set'],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_KEY_FILE: 'package.json' }, 'KAFKA_TLS_CERT_FILE is not set'],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: 'no-such-file' }, 'the file does not exist'],
    [{ KAFKA_SASL_MECHANISM: 'gssapi' }, 'must be one of plain, scram-sha-256'],
    [{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'ann' }, 'KAFKA_SASL_PASSWORD is not set'],
    [LOGIN, 'KAFKA_SASL_PASSWORD has no effect'],
    [{ ...OAUTH, KAFKA_OAUTH_CLIENT_ID: '' }, 'KAFKA_OAUTH_CLIENT_ID is not set'],
    [{ ...OAUTH, ...LOGIN }, 'KAFKA_SASL_USERNAME has no effect'],
    [{ ...OAUTH, KAFKA_OAUTH_TOKEN_URL: 'login.example' }, 'must be an http or https URL'],
  ])('refuses %j', (env, message) => {
    expect(() => read(env as Record<string, string>)).toThrow(message);
  });

  it('shows no secret', () => {
    const config = read({ KAFKA_SASL_MECHANISM: 'plain', ...LOGIN });
    expect(config.KAFKA_SASL_PASSWORD?.value).toBe('s3cret');
    expect(`${JSON.stringify(config)} ${String(config.KAFKA_SASL_PASSWORD)} ${inspect(config)}`).not.toContain(
      's3cret',
    );
  });
});
