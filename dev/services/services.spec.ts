import { expect, it } from '@jest/globals';
import { splitBrokers } from './services.js';

it('takes brokers apart at the commas, whatever blanks and empty parts there are', () => {
  expect(splitBrokers(' a:9092, b:9093,,')).toEqual(['a:9092', 'b:9093']);
});
