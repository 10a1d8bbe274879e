import { describe, expect, it } from '@jest/globals';
import { isNewEnough, parsePythonVersion } from './python.js';

describe('parsePythonVersion', () => {
  it.each([
    ['Python 3.11.7', [3, 11]],
    ['Python 3.14.0rc2', [3, 14]],
    ['Python 2.7.18', [2, 7]],
    ['a warning of a wrapper\nPython 3.9.6', [3, 9]],
  ])('reads the version from %j', (output, version) => {
    expect(parsePythonVersion(output)).toEqual(version);
  });

  it('finds no version in the output of macOS when Python is only a placeholder', () => {
    expect(parsePythonVersion('xcode-select: note: no developer tools were found')).toBeUndefined();
  });
});

describe('isNewEnough', () => {
  it.each([
    [2, 7, false],
    [3, 8, false],
    [3, 9, true],
    [3, 14, true],
    [4, 0, true],
  ])('compares %d.%d with the required 3.9: %s', (major, minor, expected) => {
    expect(isNewEnough([major, minor], [3, 9])).toBe(expected);
  });
});
