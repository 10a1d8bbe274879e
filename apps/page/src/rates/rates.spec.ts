import { describe, expect, it } from '@jest/globals';
import { columnOf, columnsFor, overOf, rateOf, rateTitle, wholeOf } from './rates.js';
import { wilson } from './wilson.js';

describe('rates', () => {
  it('come over delivered and over sent, where both exist', () => {
    expect(columnOf(rateOf('click_rate'), 'delivered')).toBe('click_rate_delivered');
    expect(columnOf(rateOf('click_rate'), 'sent')).toBe('click_rate');
    expect(columnOf(rateOf('bounce_rate'), 'delivered')).toBe('bounce_rate');
    expect(wholeOf(rateOf('bounce_rate'), 'delivered')).toBe('sent');
    expect(rateTitle(rateOf('click_to_open_rate'), 'sent')).toBe('Click-to-open rate, % of opened');
  });

  it('need their parts and bounds', () => {
    expect(columnsFor(rateOf('bounce_rate'), 'delivered')).toEqual([
      ...['sent', 'bounced', 'bounce_rate', 'bounce_rate_low', 'bounce_rate_high'],
    ]);
  });

  it('fall back to the open rate over delivered', () => {
    expect(rateOf('no_rate').name).toBe('open_rate');
    expect(rateOf(undefined).name).toBe('open_rate');
    expect(overOf('lines')).toBe('delivered');
  });
});

it('computes the interval of the mart', () => {
  const { low, high } = wilson(1, 8, 1.959964);
  expect(low).toBeCloseTo(0.022, 3);
  expect(high).toBeCloseTo(0.471, 3);
  expect(wilson(0, 10, 1.96).low).toBe(0);
});
