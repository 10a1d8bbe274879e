import { expect, it } from '@jest/globals';
import { parseVersion } from './jars.js';

it('reads the version from the pom', () => {
  expect(parseVersion('<properties><kafka.version>4.1.0</kafka.version></properties>', 'kafka.version')).toBe('4.1.0');
});

it('does not go on without one', () => {
  expect(() => parseVersion('<project/>', 'kafka.version')).toThrow('names no <kafka.version>');
});
