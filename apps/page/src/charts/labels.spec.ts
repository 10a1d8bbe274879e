import { describe, expect, it } from '@jest/globals';
import { linesFor, shorten, spread } from './labels.js';

/** Every code unit is 1 wide. */
const measure = (text: string) => text.length;

describe('shorten', () => {
  it('keeps what fits', () => {
    expect(shorten('email', 5, measure)).toBe('email');
    expect(shorten('mobile_push', 7, measure)).toBe('mobile…');
    expect(shorten('a b c', 4, measure)).toBe('a b…');
  });

  it('never cuts a character in two', () => {
    expect(shorten('🦄🦄🦄', 4, measure)).toBe('🦄…');
    expect(shorten('👨‍👩‍👧 family', 5, measure)).toBe('…');
  });
});

describe('spread', () => {
  it('moves labels apart and keeps their order', () => {
    expect(spread([10, 11, 50], 10, 0, 100)).toEqual([10, 20, 50]);
    expect(spread([99, 98], 10, 0, 100)).toEqual([100, 90]);
    expect(spread([-5, 0], 10, 0, 100)).toEqual([0, 10]);
  });
});

describe('linesFor', () => {
  it('puts a label on the next line where it would cross another', () => {
    expect(
      linesFor(
        [
          { from: 50, to: 90 },
          { from: 0, to: 40 },
          { from: 30, to: 60 },
        ],
        5,
      ),
    ).toEqual([0, 0, 1]);
  });
});
