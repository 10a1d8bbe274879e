import { describe, expect, it } from '@jest/globals';
import { mustRenewProducer, refusal } from './kafka-errors.js';

const kafkaError = (type: string, options?: ErrorOptions): Error =>
  Object.assign(new Error(`about ${type}`, options), { type });

describe('kafka errors', () => {
  it('that retries do not cure are refusals, and say what to do', () => {
    expect(refusal(new Error('x', { cause: kafkaError('MESSAGE_TOO_LARGE') }))).toContain(
      'Raise max.message.bytes of the topic',
    );
    expect(refusal(new TypeError('x is not a function'))).toBe('Sending failed: x is not a function');
  });

  it.each(['NOT_LEADER_FOR_PARTITION', 'NOT_ENOUGH_REPLICAS', 'REQUEST_TIMED_OUT', 'UNKNOWN_TOPIC_OR_PARTITION'])(
    '%s is worth retrying',
    (type) => {
      expect(refusal(kafkaError(type))).toBeNull();
      expect(mustRenewProducer(kafkaError(type))).toBe(false);
    },
  );

  it('about a forgotten producer id call for a new producer', () => {
    expect(mustRenewProducer(new Error('x', { cause: kafkaError('UNKNOWN_PRODUCER_ID') }))).toBe(true);
  });
});
