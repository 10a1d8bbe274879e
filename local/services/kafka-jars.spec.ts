import { expect, it } from '@jest/globals';
import { parseKafkaVersion } from './kafka-jars.js';

it('reads the version from the pom', () => {
  expect(parseKafkaVersion('<properties><kafka.version>4.1.0</kafka.version></properties>')).toBe('4.1.0');
});

it('does not go on without one', () => {
  expect(() => parseKafkaVersion('<project/>')).toThrow('names no <kafka.version>');
});
