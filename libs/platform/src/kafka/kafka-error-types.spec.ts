import { describe, expect, it } from '@jest/globals';
import { kafkaErrorTypes } from './kafka-error-types.js';

const kafkaError = (type: string): Error => Object.assign(new Error(`about ${type}`), { type });

describe('kafkaErrorTypes', () => {
  it('finds causes and nested errors', () => {
    const wrapped = new Error('gave up', { cause: kafkaError('MESSAGE_TOO_LARGE') });
    const aggregate = Object.assign(new Error('several'), {
      errors: [new Error('x'), kafkaError('TOPIC_AUTHORIZATION_FAILED')],
    });
    expect(kafkaErrorTypes(wrapped)).toEqual(['MESSAGE_TOO_LARGE']);
    expect(kafkaErrorTypes(aggregate)).toEqual(['TOPIC_AUTHORIZATION_FAILED']);
  });
});
