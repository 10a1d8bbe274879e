import { describe, expect, it } from '@jest/globals';
import { takesEscapes } from './terminal-config.js';

const terminal = { isTTY: true };

describe('takesEscapes', () => {
  it('is true only for a terminal', () => {
    expect(takesEscapes(terminal, { TERM: 'xterm-256color' })).toBe(true);
    expect(takesEscapes(terminal, {})).toBe(true);
    expect(takesEscapes({}, { TERM: 'xterm-256color' })).toBe(false);
  });

  it.each([{ TERM: 'dumb' }, { NO_COLOR: '1' }, { NO_COLOR: '0' }])('is false with %j', (env) => {
    expect(takesEscapes(terminal, env)).toBe(false);
  });

  it('ignores an empty NO_COLOR', () => {
    expect(takesEscapes(terminal, { NO_COLOR: '' })).toBe(true);
  });
});
