import { describe, expect, it } from '@jest/globals';
import type { Reason } from '#schema/contract.js';
import { RejectionWindow } from './rejection-window.js';
import { batchOf } from './batch.fixture.js';

const TIME: Reason = { column: 'sent_at', reason: 'not_a_time' };
const MISSING: Reason = { column: 'client_id', reason: 'missing' };
const JSON_TEXT: Reason = { column: null, reason: 'not_json' };
const FLAG: Reason = { column: 'is_opened', reason: 'contradiction' };

function windowOf(size: number, ...batches: [records: number, bad: number][]): RejectionWindow {
  const window = new RejectionWindow(size);
  for (const [records, bad] of batches) window.add(batchOf(records, bad));
  return window;
}

describe('RejectionWindow', () => {
  it('is full with its number of records', () => {
    expect(windowOf(1000).isFull).toBe(false);
    expect(windowOf(1000, [999, 999]).isFull).toBe(false);
    expect(windowOf(1000, [999, 999], [1, 0]).isFull).toBe(true);
    expect(windowOf(1000, [3000, 0]).isFull).toBe(true);
  });

  it('has the share of the bad records among all', () => {
    expect(windowOf(1000).share).toBe(0);
    expect(windowOf(1000, [300, 100], [100, 0]).share).toBe(0.25);
    expect(windowOf(1000, [3000, 3000]).share).toBe(1);
  });

  it('drops the oldest batches once the others have its number of records', () => {
    const window = windowOf(1000, [250, 250], [250, 0], [250, 0], [250, 0]);
    expect([window.records, window.rejected]).toEqual([1000, 250]);
    window.add(batchOf(249, 0));
    expect([window.records, window.rejected]).toEqual([1249, 250]);
    window.add(batchOf(1, 1));
    expect([window.records, window.rejected]).toEqual([1000, 1]);
  });

  it('keeps three batches, so that one bad batch among batches of its size is never the majority', () => {
    const window = windowOf(1000, [3000, 0], [3000, 0], [3000, 3000]);
    for (let later = 0; later < 10; later++) {
      expect(window.share).toBeLessThanOrEqual(1 / 3);
      window.add(batchOf(3000, 0));
    }
    expect([window.records, window.rejected]).toEqual([9000, 0]);
    window.add(batchOf(3000, 3000));
    window.add(batchOf(3000, 3000));
    expect(window.share).toBeCloseTo(2 / 3);
  });

  it('counts a record once for each of its reasons, and forgets those of dropped batches', () => {
    const window = new RejectionWindow(10);
    window.add(batchOf(10, 9, [FLAG]));
    window.add(batchOf(10, 3, [TIME, MISSING]));
    window.add(batchOf(10, 2, [TIME]));
    window.add(batchOf(10, 1, [JSON_TEXT]));

    expect(window.commonest(3)).toEqual([
      ['sent_at: not_a_time', 5],
      ['client_id: missing', 3],
      ['not_json', 1],
    ]);
    expect(window.commonest(1)).toEqual([['sent_at: not_a_time', 5]]);
  });
});
