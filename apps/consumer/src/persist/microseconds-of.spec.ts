import { expect, it } from '@jest/globals';
import { microsecondsOf } from './microseconds-of.js';

it.each([
  ['2021-04-30 07:00:00', 1_619_766_000_000_000],
  ['2021-04-30 07:00:00.5', 1_619_766_000_500_000],
  ['2021-04-30 07:00:00.000001', 1_619_766_000_000_001],
  ['2099-12-31 23:59:59.999999', 4_102_444_799_999_999],
])('%s is %i µs after 1970', (time, microseconds) => {
  expect(microsecondsOf(time)).toBe(microseconds);
});
