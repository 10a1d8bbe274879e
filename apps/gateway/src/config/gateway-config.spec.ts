import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from './gateway-config.js';

describe('readGatewayConfig', () => {
  it('requires only DATABASE_URL', () => {
    expect(readGatewayConfig({ DATABASE_URL: 'postgres://u@h/m' })).toMatchObject({
      PORT: 3000,
      KAFKA_TOPIC: 'message_data',
    });
  });

  it('needs enough connections for what must not wait', () => {
    const read = (size: string) => () =>
      readGatewayConfig({ DATABASE_URL: 'postgres://u@h/m', DATABASE_POOL_SIZE: size });

    expect(read('3')).toThrow(/DATABASE_POOL_SIZE=3: must be at least 4/);
    expect(read('4')).not.toThrow();
  });

  it('reports all bad variables at once', () => {
    const read = () => readGatewayConfig({ PORT: 'x', KAFKA_BROKERS: 'y' });

    expect(read).toThrow(/PORT="x".*KAFKA_BROKERS="y".*DATABASE_URL is not set/s);
  });
});
