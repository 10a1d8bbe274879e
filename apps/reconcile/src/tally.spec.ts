import { describe, expect, it } from '@jest/globals';
import { NO_DATE, REJECTED, Tally } from './tally.js';

describe('Tally', () => {
  it('counts lines by day, with rejected ones last', () => {
    const tally = new Tally();
    tally.add(REJECTED, 'quarantined');
    tally.add('2021-05-02', 'mart');
    tally.add('2021-05-01', 'mart');
    tally.add('2021-05-02', 'missing', 3);
    tally.add(NO_DATE, 'repeated');

    expect(tally.byDay.map(({ day, lines, mart, missing }) => [day, lines, mart, missing])).toEqual([
      ['2021-05-01', 1, 1, 0],
      ['2021-05-02', 4, 1, 3],
      [NO_DATE, 1, 0, 0],
      [REJECTED, 1, 0, 0],
    ]);
    expect(tally.total).toEqual({
      lines: 7,
      mart: 2,
      superseded: 0,
      repeated: 1,
      quarantined: 1,
      erased: 0,
      altered: 0,
      missing: 3,
    });
  });
});
