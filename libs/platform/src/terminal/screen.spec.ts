import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { Screen } from './screen.js';

const LONG = 'consumer    20,000 records  9,079 rows/s  0 behind  19,669 stored';

function screenOf(columns: number, takesEscapes: boolean) {
  const out = Object.assign(new PassThrough(), { columns }) as unknown as NodeJS.WriteStream & PassThrough;
  return { screen: new Screen(out, takesEscapes), text: () => String(out.read() ?? '') };
}

describe('Screen', () => {
  it('truncates lines that will be overwritten, and never those that stay', () => {
    const { screen, text } = screenOf(40, true);
    screen.show(() => [LONG]);
    expect(text()).toBe(`${LONG.slice(0, 39)}\n`);
    screen.finish([LONG]);
    expect(text()).toContain(`${LONG}\n`);
  });

  it('shows the whole line if the width of the terminal is unknown', () => {
    const { screen, text } = screenOf(0, true);
    screen.show(() => [LONG]);
    expect(text()).toBe(`${LONG}\n`);
  });

  it('overwrites earlier lines only if the terminal supports escape sequences', () => {
    for (const takesEscapes of [true, false]) {
      const { screen, text } = screenOf(80, takesEscapes);
      screen.show(() => ['first']);
      screen.say('second');
      screen.finish(['third']);
      expect(text().includes('\u001b')).toBe(takesEscapes);
    }
  });
});
