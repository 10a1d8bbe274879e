import { describe, expect, it } from '@jest/globals';
import { identify, isSameProcess, parseProcStat } from './process-identity.js';

describe('parseProcStat', () => {
  it('handles blanks and parentheses in the name of the program', () => {
    const stat = '4711 (a) b (c) S 17 4711 4711 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2';
    expect(parseProcStat(stat)).toEqual({ state: 'S', parent: 17, threads: 1, startTicks: '987654' });
  });
});

describe('isSameProcess', () => {
  const me = identify(process.pid);

  it('recognizes this process', () => {
    expect(me && isSameProcess(me)).toBe(true);
  });

  it('does not recognize another process with the same pid', () => {
    expect(me && isSameProcess({ ...me, startedAt: `${me.startedAt}1` })).toBe(false);
  });
});
