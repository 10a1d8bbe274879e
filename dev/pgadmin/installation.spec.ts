import { expect, it } from '@jest/globals';
import { pinnedVersion } from './installation.js';

it('reads the version after ==', () => {
  expect(pinnedVersion('# a comment\npgadmin4==9.18\n')).toBe('9.18');
});

it('rejects a version range', () => {
  expect(() => pinnedVersion('pgadmin4>=9')).toThrow('pins no pgadmin4');
});
