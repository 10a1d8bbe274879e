import { describe, expect, it } from '@jest/globals';
import { identify, isSameProcess, parseProcStat } from './process-identity.js';

describe('parseProcStat', () => {
  it('is not misled by blanks and brackets in the name of the program', () => {
    const stat = '4711 (a) b (c) S 17 4711 4711 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2';
    expect(parseProcStat(stat)).toEqual({ state: 'S', parent: 17, threads: 1, startTicks: '987654' });
  });
});

describe('isSameProcess', () => {
  const me = identify(process.pid);

  it('knows this process again', () => {
    expect(me && isSameProcess(me)).toBe(true);
  });

  it('takes a process that got the same pid later for another one', () => {
    expect(me && isSameProcess({ ...me, startedAt: `${me.startedAt}1` })).toBe(false);
  });
});
