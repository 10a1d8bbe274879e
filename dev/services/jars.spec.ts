import { expect, it } from '@jest/globals';
import { parseVersion } from './jars.js';

it('parseVersion reads a version from the pom', () => {
  expect(parseVersion('<properties><kafka.version>4.1.0</kafka.version></properties>', 'kafka.version')).toBe('4.1.0');
});

it('parseVersion fails if the pom has no version', () => {
  expect(() => parseVersion('<project/>', 'kafka.version')).toThrow('has no <kafka.version>');
});
