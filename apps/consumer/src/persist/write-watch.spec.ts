import { afterEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DatabaseConnection } from '#platform/database/database-connection.js';
import { HealthRegistry } from '#platform/health/health-registry.js';
import { WriteWatch } from './write-watch.js';

afterEach(() => {
  jest.restoreAllMocks();
});

const failure = (message: string, code: string) => Object.assign(new Error(message), { code });

/** The errors of PostgreSQL and Node, in order, when a server is stopped. */
const SHUTDOWN = [
  failure('terminating connection due to administrator command', '57P01'),
  failure('the database system is shutting down', '57P03'),
  failure('read ECONNRESET', 'ECONNRESET'),
  failure('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'),
];

it('WriteWatch logs an outage once, a different error immediately, and the recovery once', async () => {
  const logged: string[] = [];
  for (const level of ['warn', 'log'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => void logged.push(String(line)));
  }
  jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
  const watch = new WriteWatch({} as DatabaseConnection, new HealthRegistry());
  const errors = [...SHUTDOWN, failure('relation "messages" does not exist', '42P01')];

  jest.spyOn(Math, 'random').mockReturnValue(1);
  const write = (failure: string) => {
    const left = [...errors];
    const attempt = () => (left.length > 0 ? Promise.reject(left.shift()!) : Promise.resolve());
    return watch.untilWritten(failure, attempt, { backoff: { baseMs: 100, maxMs: 100 } });
  };
  await write('Batch not written');
  await write('Batch not written');

  expect(logged).toEqual([
    'Batch not written: terminating connection due to administrator command; attempt 1, next in 100 ms',
    'Batch not written: relation "messages" does not exist; attempt 5, next in 100 ms',
    'Writing again',
  ]);
});
