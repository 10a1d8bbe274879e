import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from './gateway-config.js';

describe('readGatewayConfig', () => {
  it('requires only DATABASE_URL', () => {
    expect(readGatewayConfig({ DATABASE_URL: 'postgresql://u@h/m' })).toMatchObject({
      PORT: 3000,
      KAFKA_TOPIC: 'message_data',
    });
  });

  it('needs enough connections for what must not wait', () => {
    const read = (size: string) => () =>
      readGatewayConfig({ DATABASE_URL: 'postgresql://u@h/m', DATABASE_POOL_SIZE: size });

    expect(read('3')).toThrow(/DATABASE_POOL_SIZE=3: must be at least 4/);
    expect(read('4')).not.toThrow();
  });

  it.each([
    ['/', ''],
    ['/messages', '/messages'],
    ['/messages/', '/messages'],
    ['/team-a/messages.v1/~x_y', '/team-a/messages.v1/~x_y'],
  ])('reads the base path %s as %j', (path, expected) => {
    const config = readGatewayConfig({ DATABASE_URL: 'postgresql://u@h/m', GATEWAY_BASE_PATH: path });

    expect(config.GATEWAY_BASE_PATH).toBe(expected);
  });

  it.each([
    ['messages', /GATEWAY_BASE_PATH="messages": must be \/ or a path such as \/messages/],
    ['//messages', /must be \/ or a path/],
    ['/a//b', /must be \/ or a path/],
    ['/a/../b', /must be \/ or a path/],
    ['/.', /must be \/ or a path/],
    ['/a b', /must be \/ or a path/],
    ['/a%20b', /must be \/ or a path/],
    ['/a?b', /must be \/ or a path/],
    ['https://example.com/a', /must be \/ or a path/],
    [`/${'a'.repeat(200)}`, /must have at most 200 characters/],
    ['/api', /must not begin with a path of the gateway itself/],
    ['/docs/messages', /must not begin with a path of the gateway itself/],
  ])('refuses the base path %s', (path, message) => {
    const read = () => readGatewayConfig({ DATABASE_URL: 'postgresql://u@h/m', GATEWAY_BASE_PATH: path });

    expect(read).toThrow(message);
  });

  it('accepts a standby for readers only, and shows no part of its URL', () => {
    const read = (url: string) => () =>
      readGatewayConfig({ DATABASE_URL: 'postgresql://u@h/m', MART_READ_URL: url }).MART_READ_URL?.value;

    expect(read('postgresql://u:s3cret@a,b/m?target_session_attrs=any')()).toContain('@a,b/');
    expect(read('postgresql://u:s3cret@a/m?target_session_attrs=primary')).toThrow(/MART_READ_URL.*must be any/);
    expect(read('mysql://u:s3cret@a/m')).toThrow(/MART_READ_URL \(value not shown\): must be postgresql/);
  });

  it('reports all bad variables at once', () => {
    const read = () => readGatewayConfig({ PORT: 'x', KAFKA_BROKERS: 'y' });

    expect(read).toThrow(/PORT="x".*KAFKA_BROKERS="y".*DATABASE_URL is not set/s);
  });
});
