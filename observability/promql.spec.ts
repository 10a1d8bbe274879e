import { describe, expect, it } from '@jest/globals';
import { selectorsOf } from '../test/support/promql.js';

describe('selectorsOf', () => {
  it.each([
    ['time() - max(a_seconds) > 600', ['a_seconds']],
    [
      'sum by (topic, le) (rate(a_bucket{route=~"/api.*", status=~"5.."}[5m])) > 1e5',
      ['a_bucket{route=~"/api.*", status=~"5.."}'],
    ],
    ['a > 0 and on (group) b == 0 unless on () max(c{part="x"})', ['a', 'b', 'c{part="x"}']],
    ['a < on (topic) group_left () max by (topic) (b)', ['a', 'b']],
    ['topk(10, histogram_quantile(0.99, a:b_rate5m)) or vector(0)', ['a:b_rate5m']],
    ['a / a', ['a']],
  ])('finds the selectors of %s', (expr, texts) => {
    expect(selectorsOf(expr).map(({ text }) => text)).toEqual(texts);
  });

  it('separates a metric from its matchers', () => {
    expect(selectorsOf('a_total{service="gateway"}')).toEqual([
      { metric: 'a_total', text: 'a_total{service="gateway"}' },
    ]);
  });
});
