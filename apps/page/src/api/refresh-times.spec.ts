import { describe, expect, it } from '@jest/globals';
import { REFRESH_MS, TOO_SOON_MS, untilRefresh } from './refresh-times.js';

const NOW = Date.UTC(2026, 0, 1);
const ADDRESSES = ['api/v1/funnel', 'api/v1/daily?sort=-date', 'api/v1/reopens', 'api/v1/overview', 'api/v1/triggers'];

describe('untilRefresh', () => {
  it.each(ADDRESSES)('lets all pages read %s at the same moments', (address) => {
    const moments = [0, 1, 2500, 4999, 29_000].map((ago) => NOW + untilRefresh(address, ago, NOW));
    const phases = new Set(moments.map((moment) => moment % REFRESH_MS));

    expect(phases.size).toBe(1);
    for (const moment of moments) expect(moment).toBeGreaterThanOrEqual(NOW);
    for (const moment of moments) expect(moment).toBeLessThanOrEqual(NOW + REFRESH_MS + TOO_SOON_MS);
  });

  it('waits for the next moment if the timer fired just before one', () => {
    const moment = NOW + untilRefresh('api/v1/funnel', 0, NOW);

    expect(untilRefresh('api/v1/funnel', 0, moment - 3)).toBe(REFRESH_MS + 3);
    expect(untilRefresh('api/v1/funnel', 0, moment + 3)).toBe(REFRESH_MS - 3);
  });

  it('does not let all addresses be read at once', () => {
    const moments = ADDRESSES.map((address) => untilRefresh(address, 0, NOW));
    expect(new Set(moments).size).toBe(ADDRESSES.length);
  });

  it('reads at once after a pause', () => {
    expect(untilRefresh('api/v1/funnel', REFRESH_MS, NOW)).toBe(0);
    expect(untilRefresh('api/v1/funnel', Infinity, NOW)).toBe(0);
  });
});
