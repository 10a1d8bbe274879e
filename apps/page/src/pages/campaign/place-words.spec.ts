import { describe, expect, it } from '@jest/globals';
import { placeWords } from './place-words.js';

describe('placeWords', () => {
  it.each([
    [{ rank: 12, peers: 140, whole: 5000, is_mature: true }, 'of 141'],
    [{ rank: 1, peers: 0, whole: 5000, is_mature: true }, 'no peers'],
    [{ rank: null, peers: 140, whole: 8, is_mature: true }, '8 messages, 1,000 needed'],
    [{ rank: null, peers: 140, whole: 5000, is_mature: false }, 'still arriving'],
    [{ rank: null, peers: 140, whole: 5000, is_mature: null }, 'no dated messages'],
  ])('says of %j "%s"', (row, words) => {
    expect(placeWords(row, 1000, 'en')).toBe(words);
  });

  it('needs a message if there is no minimum', () => {
    expect(placeWords({ rank: null, peers: 0, whole: 0, is_mature: true }, 0, 'en')).toBe('0 messages, 1 needed');
  });
});
