import { expect, it } from '@jest/globals';
import { splitBrokers } from './services.js';

it('splits brokers at commas and ignores blanks and empty entries', () => {
  expect(splitBrokers(' a:9092, b:9093,,')).toEqual(['a:9092', 'b:9093']);
});
