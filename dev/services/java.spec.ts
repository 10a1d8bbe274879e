import { describe, expect, it } from '@jest/globals';
import { parseJavaVersion } from './java.js';

describe('parseJavaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "24-ea" 2025-03-18', 24],
    ['java version "1.8.0_392"', 8],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "25.0.1" 2025-10-21', 25],
  ])('reads the version from %s: %d', (output, version) => {
    expect(parseJavaVersion(output)).toBe(version);
  });

  it('finds no version in the output of macOS when Java is only a placeholder', () => {
    expect(parseJavaVersion('The operation couldn’t be completed. Unable to locate a Java Runtime.')).toBeUndefined();
  });
});
