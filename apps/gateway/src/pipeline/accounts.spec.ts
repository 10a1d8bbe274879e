import { beforeEach, describe, expect, it } from '@jest/globals';
import { Accountant, type MartCounts, type Topic } from './accounts.js';

let accountant: Accountant;

beforeEach(() => {
  accountant = new Accountant();
});

const topic = (answeredAt: number, records: number, waiting = 0): Topic => ({
  ...{ records, waiting, answeredAt },
  consumed: records - waiting,
});

const mart = (askedAt: number, stored: number, quarantined = 0, skipped = 0): MartCounts => ({
  ...{ stored, quarantined, skipped, askedAt },
  answeredAt: askedAt + 5,
});

describe('Accountant', () => {
  it('knows nothing while a component does not respond', () => {
    expect(accountant.observe(undefined, mart(0, 5), 5)).toMatchObject({
      verdict: 'unknown',
      records: null,
      stored: 5,
    });
    expect(accountant.observe(topic(0, 5), undefined, null)).toMatchObject({
      verdict: 'unknown',
      stored: null,
      records: 5,
    });
  });

  it('finds every record once the topic was the same before and after the mart was asked', () => {
    expect(accountant.observe(topic(100, 10), mart(50, 8, 2), 10).verdict).toBe('running');
    expect(accountant.observe(topic(100, 10), mart(200, 8, 2), 10).verdict).toBe('running');
    expect(accountant.observe(topic(300, 10), mart(200, 8, 2), 10)).toEqual({
      ...{ verdict: 'complete', records: 10, lines: 10, waiting: 0, stored: 8, quarantined: 2, skipped: 0, others: 0 },
    });
  });

  it('makes no claim while records are on their way', () => {
    accountant.observe(topic(100, 10), mart(200, 8, 2), 10);
    expect(accountant.observe(topic(300, 10), mart(200, 8, 2), 10).verdict).toBe('complete');
    expect(accountant.observe(topic(400, 15, 5), mart(350, 8, 2), 15)).toMatchObject({
      verdict: 'running',
      waiting: 5,
    });
    // All committed, but the mart was asked before.
    expect(accountant.observe(topic(500, 15), mart(450, 9, 2), 15)).toMatchObject({ verdict: 'running', others: null });
    expect(accountant.observe(topic(500, 15), mart(550, 13, 2), 15).verdict).toBe('running');
    expect(accountant.observe(topic(600, 15), mart(550, 13, 2), 15).verdict).toBe('complete');
  });

  it('counts records without a row of their own', () => {
    accountant.observe(topic(100, 10), mart(200, 6, 1), 10);
    expect(accountant.observe(topic(300, 10), mart(200, 6, 1), 10)).toMatchObject({ verdict: 'repeats', others: 3 });
  });

  it('notices a mart with more than the topic', () => {
    accountant.observe(topic(100, 10), mart(200, 600), 10);
    expect(accountant.observe(topic(300, 10), mart(200, 600), 10)).toMatchObject({
      verdict: 'elsewhere',
      others: -590,
    });
  });

  it('looks again when the mart changes by other means', () => {
    accountant.observe(topic(100, 10), mart(200, 10), 10);
    accountant.observe(topic(300, 10), mart(200, 10), 10);
    expect(accountant.observe(topic(300, 10), mart(400, 20), 10).verdict).toBe('running');
    expect(accountant.observe(topic(500, 10), mart(400, 20), 10).verdict).toBe('elsewhere');
  });

  it('never calls records complete that were skipped', () => {
    accountant.observe(topic(100, 10), mart(200, 10, 0, 3), 10);
    expect(accountant.observe(topic(300, 10), mart(200, 10, 0, 3), 10)).toMatchObject({
      verdict: 'skipped',
      skipped: 3,
    });
  });

  it('starts over after an outage', () => {
    accountant.observe(topic(100, 10), mart(200, 10), 10);
    expect(accountant.observe(topic(300, 10), mart(200, 10), 10).verdict).toBe('complete');
    expect(accountant.observe(undefined, mart(400, 10), 10).verdict).toBe('unknown');
    expect(accountant.observe(topic(500, 10), mart(400, 10), 10).verdict).toBe('running');
  });
});
