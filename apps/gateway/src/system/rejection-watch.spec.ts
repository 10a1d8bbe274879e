import { beforeEach, describe, expect, it } from '@jest/globals';
import { RejectionWatch } from './rejection-watch.js';

let watch: RejectionWatch;

beforeEach(() => {
  watch = new RejectionWatch();
  watch.add(100, 10_000, 0);
});

describe('RejectionWatch', () => {
  it('reports that most of the latest records were rejected, for five minutes', () => {
    expect(watch.add(1_000, 10_999, 1_000)).toBeUndefined();
    const flood = { rejected: 901, processed: 1_000, lastAt: 2_000 };
    expect(watch.add(1_001, 11_000, 2_000)).toEqual(flood);
    expect(watch.add(1_001, 11_000, 3_000)).toEqual(flood);
    expect(watch.add(1_001, 15_000, 302_000)).toEqual(flood);
    expect(watch.add(1_001, 15_000, 302_001)).toBeUndefined();
  });

  it('reports it right after many good records', () => {
    watch.add(100, 1_000_000, 1_000);
    expect(watch.add(1_600, 1_001_500, 2_000)).toMatchObject({ rejected: 1_500, processed: 1_500 });
  });

  it('accepts the usual share of bad records, up to one half', () => {
    expect(watch.add(170, 20_000, 1_000)).toBeUndefined();
    expect(watch.add(670, 21_000, 2_000)).toBeUndefined();
  });

  it('ignores rejections spread over more than a minute', () => {
    watch.add(700, 10_600, 30_000);
    expect(watch.add(1_100, 11_000, 61_000)).toBeUndefined();
  });

  it('starts over when a count falls', () => {
    expect(watch.add(50_000, 500, 1_000)).toBeUndefined();
    expect(watch.add(52_000, 2_500, 2_000)).toMatchObject({ rejected: 2_000 });
  });
});
