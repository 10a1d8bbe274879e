import { expect, it } from '@jest/globals';
import { pinnedVersion } from './installation.js';

it('is what stands behind ==', () => {
  expect(pinnedVersion('# a comment\npgadmin4==9.18\n')).toBe('9.18');
});

it('does not do with a range', () => {
  expect(() => pinnedVersion('pgadmin4>=9')).toThrow('pins no pgadmin4');
});
