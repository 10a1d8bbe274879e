import { expect, it } from '@jest/globals';
import { javaOptions } from './java-options.js';

it('keeps blanks, quotes and backslashes of a folder in one option', () => {
  expect(javaOptions(['-XX:+UseSerialGC'], { 'spark.dir': '/my "own"\\ folder', 'spark.retries': 0 })).toBe(
    String.raw`"-XX:+UseSerialGC" "-Dspark.dir=/my \"own\"\\ folder" "-Dspark.retries=0"`,
  );
});
