import { describe, expect, it } from '@jest/globals';
import { deniedRight, missingRight, type KafkaRight } from './missing-right.js';

const denial = (resource: string): Error => Object.assign(new Error('x'), { type: `${resource}_AUTHORIZATION_FAILED` });

const RIGHTS: readonly KafkaRight[] = [
  { resource: 'topic', name: 't', operations: ['Read', 'Write'] },
  { resource: 'group', name: 'g_', isPrefix: true, operations: ['Read'] },
];

describe('a missing right', () => {
  it('is found by the resource that the error is about', () => {
    expect(deniedRight(denial('TOPIC'), RIGHTS)).toBe(RIGHTS[0]);
    expect(deniedRight(new Error('gave up', { cause: denial('GROUP') }), RIGHTS)).toBe(RIGHTS[1]);
    expect(deniedRight(denial('CLUSTER'), RIGHTS)).toBeUndefined();
    expect(deniedRight(new Error('x'), RIGHTS)).toBeUndefined();
  });

  it('is named, with the command that grants it', () => {
    expect(missingRight(RIGHTS[0]!)).toEqual({
      message: "this client's user lacks Read and Write on topic t",
      action: expect.stringContaining("--operation Read --operation Write --topic 't' (docs/rights.md"),
    });
    expect(missingRight(RIGHTS[1]!)).toEqual({
      message: "this client's user lacks Read on groups that start with g_",
      action: expect.stringContaining("--operation Read --group 'g_' --resource-pattern-type prefixed (docs"),
    });
  });
});
