import { describe, expect, it } from '@jest/globals';
import { describeRetention } from './topic-retention.js';

describe('describeRetention', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  const described = (policy: string, retention: string) =>
    describeRetention('t', new Map(Object.entries({ 'cleanup.policy': policy, 'retention.ms': retention })), now);

  it.each([
    ['delete', '604800000', 'written until now until about 2026-12-07'],
    ['compact,delete', '86400000', 'until about 2026-12-01'],
    ['delete', '9223372036854775807', 'until about further than dates go'],
    ['delete', '-1', 'until somebody deletes them'],
    ['compact', '604800000', 'until somebody deletes them'],
  ])('names the end for cleanup.policy=%s and retention.ms=%s', (policy, retention, text) => {
    expect(described(policy, retention)).toContain(text);
  });
});
