import { describe, expect, it } from '@jest/globals';
import { rateOf } from '../../rates/rates.js';
import { wilson } from '../../rates/wilson.js';
import { seriesChanges, triggersSentence, type Position } from './triggers-sentence.js';

const at = (
  topic: string | null,
  position: number | null,
  rate: number,
  whole = 10_000,
  isMature = true,
): Position => ({
  ...{ topic, position, count: rate * whole, whole, value: rate, isMature },
  ...wilson(rate * whole, whole, 1.96),
});

const say = (...positions: Position[]) =>
  triggersSentence(positions, rateOf('open_rate'), 'delivered', 'en').replace(/[\u2068\u2069]/g, '');

describe('triggersSentence', () => {
  it('counts series that fall, rise or do neither', () => {
    expect(
      say(
        ...[at('cart', 1, 0.3), at('cart', 3, 0.2), at('cart', 2, 0.5), at('view', 1, 0.3), at('view', 2, 0.28)],
        ...[at('price', 1, 0.1), at('price', 2, 0.2), at(null, 1, 0.1), at(null, 2, 0.1)],
      ),
    ).toBe(
      'From the first position to the last of 4 series that can be compared, the open rate (% of delivered) falls in 2 ' +
        '(most in cart: 30.0% to 20.0%), rises in 1 (price: 10.0% to 20.0%) and does not clearly change in 1.',
    );
  });

  it('does not take chance for a change', () => {
    expect(say(at('cart', 1, 0.3, 200), at('cart', 2, 0.27, 200))).toBe(
      'In the one series that can be compared, the open rate does not clearly change from the first position to the last.',
    );
  });

  it('leaves out what is small, too recent or without a position', () => {
    const positions = [
      at('cart', 1, 0.3),
      at('cart', 2, 0.1, 99),
      at('cart', 3, 0.1, 1000, false),
      at('cart', null, 0.1),
    ];
    expect(seriesChanges(positions)).toEqual([]);
    expect(say(...positions)).toBe(
      'No series of triggers has two positions whose open rate can be compared: they are single, small or too recent.',
    );
    expect(say()).toBe('There are no triggers to look at.');
  });
});
