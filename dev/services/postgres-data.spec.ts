import { describe, expect, it } from '@jest/globals';
import { isPostmasterOf, parsePostmasterPid } from './postgres-data.js';

describe('parsePostmasterPid', () => {
  it('reads the pid from the first line', () => {
    expect(parsePostmasterPid('4711\n/state/data\n1700000000\n5432\n')).toBe(4711);
  });

  it.each(['', '-4711\n', 'x'])('finds no pid in %j', (text) => {
    expect(parsePostmasterPid(text)).toBeUndefined();
  });
});

describe('isPostmasterOf', () => {
  const server = '/p/bin/postgres -D /state/data -p 5432 -c fsync=on';

  it('recognizes the server of its own data folder', () => {
    expect(isPostmasterOf('/state/data', server)).toBe(true);
  });

  it.each([
    ['a server on a folder with the same prefix', '/p/bin/postgres -D /state/data2 -p 5432'],
    ['a worker', 'postgres: checkpointer'],
    ['another program', 'vim /state/data'],
    ['no process', undefined],
  ])('does not recognize %s', (_what, commandLine) => {
    expect(isPostmasterOf('/state/data', commandLine)).toBe(false);
  });
});
