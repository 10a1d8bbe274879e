import { describe, expect, it } from '@jest/globals';
import { type Measures } from './model.js';
import { CLICKED, HARD_BOUNCED, OPENED, Outcomes, PURCHASED, SOFT_BOUNCED, UNSUBSCRIBED } from './outcomes.js';
import { Prng } from './prng.js';

function drawAll(outcomes: Outcomes, sent: number, prng: Prng): Measures {
  const drawn = Array.from({ length: sent }, () => outcomes.draw(prng));
  const count = (bits: number) => drawn.filter((events) => events & bits).length;
  return {
    sent,
    opens: count(OPENED),
    clicks: count(CLICKED),
    unsubscribes: count(UNSUBSCRIBED),
    bounces: count(HARD_BOUNCED | SOFT_BOUNCED),
    purchases: count(PURCHASED),
  };
}

describe('Outcomes.exact', () => {
  it.each<[string, Measures]>([
    ['an ordinary cell', { sent: 1000, opens: 170, clicks: 40, unsubscribes: 9, bounces: 14, purchases: 5 }],
    ['one message without events', { sent: 1, opens: 0, clicks: 0, unsubscribes: 0, bounces: 0, purchases: 0 }],
    ['all events on one message', { sent: 1, opens: 1, clicks: 1, unsubscribes: 1, bounces: 0, purchases: 1 }],
    ['more clicks than opens', { sent: 20, opens: 2, clicks: 19, unsubscribes: 0, bounces: 1, purchases: 0 }],
    ['purchases everywhere', { sent: 30, opens: 3, clicks: 2, unsubscribes: 29, bounces: 1, purchases: 29 }],
    ['nothing but bounces', { sent: 12, opens: 0, clicks: 0, unsubscribes: 0, bounces: 12, purchases: 0 }],
  ])('draws exactly the measures of %s', (_, measures) => {
    for (let seed = 0; seed < 20; seed++) {
      const prng = new Prng(seed, 0);
      for (const channel of ['email', 'mobile_push'] as const) {
        expect(drawAll(Outcomes.exact(measures, channel, prng), measures.sent, prng)).toEqual(measures);
      }
    }
  });
});

describe('Outcomes.rates', () => {
  it('draws any number of outcomes close to the rates', () => {
    const rates = { sent: 100, opens: 17, clicks: 3, unsubscribes: 2, bounces: 1, purchases: 1 };
    const drawn = drawAll(Outcomes.rates(rates, 'email'), 100_000, new Prng(1, 0));
    for (const measure of ['opens', 'clicks', 'unsubscribes', 'bounces', 'purchases'] as const) {
      // Six standard deviations of a binomial count.
      const expected = rates[measure] * 1000;
      expect(Math.abs(drawn[measure] - expected)).toBeLessThan(6 * Math.sqrt(expected));
    }
  });
});
