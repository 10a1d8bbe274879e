import { describe, expect, it } from '@jest/globals';
import { asArguments, postgresSettings } from './postgres-settings.js';

const GB = 1024 ** 3;

describe('postgresSettings', () => {
  it.each([
    [0.25, '64MB'],
    [2, '256MB'],
    [4, '512MB'],
    [64, '512MB'],
  ])('on a machine with %d GB uses %s for shared_buffers', (memory, buffers) => {
    expect(postgresSettings(memory * GB).shared_buffers).toBe(buffers);
  });

  it('never weakens durability', () => {
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(postgresSettings(GB)).not.toHaveProperty(name);
    }
  });

  it('listens on 127.0.0.1 only and makes no socket file', () => {
    expect(postgresSettings(GB)).toMatchObject({ listen_addresses: '127.0.0.1', unix_socket_directories: '' });
  });
});

it('passes settings as arguments', () => {
  expect(asArguments({ a: '1', b: '' })).toEqual(['-c', 'a=1', '-c', 'b=']);
});
