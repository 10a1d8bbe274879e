import { expect, it } from '@jest/globals';
import { DatabaseRestartedError } from './database-restarted-error.js';
import { ServerChanges } from './server-changes.js';

it('notices each restart and failover between a batch and its position', () => {
  const changes = new ServerChanges();
  changes.check('1', '1');
  changes.check(undefined, '2');
  expect(() => changes.check('1', '2')).toThrow(DatabaseRestartedError);
  changes.check('2', '2');
  expect(() => changes.check('2', '3')).toThrow(DatabaseRestartedError);
});

it.each([
  ['2', '1'],
  ['1', '3'],
])('lets several servers take turns', (written, current) => {
  const changes = new ServerChanges();
  expect(() => changes.check('1', '2')).toThrow(DatabaseRestartedError);
  changes.check(written, current);
  changes.check('1', '2');
});
