import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../resources/resource.js';
import { RESOURCES } from '../resources/resources.js';
import { buildSelect } from './build-select.js';
import { readQuery } from './read-query.js';
import { encodeCursor, type Position } from './cursor.js';

function resource(path: string): Resource {
  return RESOURCES.find((each) => each.path === path)!;
}

function select(path: string, search: Record<string, string> = {}, after?: Position) {
  const query = readQuery(resource(path), {}, new URLSearchParams(search));
  const { text, values } = buildSelect({ ...query, ...(after ? { after } : {}) });
  return { text: text.replace(/^SELECT .* FROM/, 'FROM'), values };
}

describe('buildSelect', () => {
  it('reads one row more than a page, ordered by the key', () => {
    expect(select('channels')).toEqual({
      text: 'FROM mart.channel_rates AS resource ORDER BY channel ASC LIMIT $1::integer',
      values: ['101'],
    });
  });

  it('binds every value with its type', () => {
    expect(
      select('unsubscribes', { from: '2021-04-30', channel: 'email', topic: '', sort: '-sent', limit: '5' }),
    ).toEqual({
      text:
        'FROM mart.unsubscribes_and_complaints AS resource ' +
        'WHERE date >= $1::date AND channel = $2::text AND topic IS NULL ' +
        'ORDER BY sent DESC, date ASC NULLS LAST, channel ASC, topic ASC NULLS LAST ' +
        'LIMIT $3::integer',
      values: ['2021-04-30', 'email', '6'],
    });
  });

  it('continues after a position, with nulls last', () => {
    const { text, values } = select('streams', { sort: '-sent' }, ['10', 'email', null]);

    expect(text).toContain(
      'WHERE ((sent < $1::bigint OR sent IS NULL) OR sent = $1::bigint AND (channel > $2::text OR channel IS NULL))',
    );
    expect(values).toEqual(['10', 'email', '101']);
  });

  it('finds nothing after a position of nulls only', () => {
    expect(select('cohorts', {}, [null]).text).toContain('WHERE false');
  });

  it('leaves out absent arguments of a function', () => {
    expect(select('campaigns/top', { by_rate: 'click_rate', most: '3' }).text).toContain(
      'FROM mart.top_campaigns(by_rate => $1::text, most => $2::integer) AS resource ORDER BY click_rate DESC',
    );
  });

  it('leaves out the checks that read all rows unless one is requested', () => {
    expect(select('quality').text).toContain(
      `WHERE check_name NOT IN ('duplicate message_id', 'sent after unsubscribe')`,
    );
    expect(select('quality', { check: 'duplicate message_id' })).toMatchObject({
      text: expect.stringContaining('WHERE check_name = $1::text') as unknown,
      values: ['duplicate message_id', '101'],
    });
  });
});

describe('readQuery', () => {
  it('normalizes equivalent requests to the same address', () => {
    const [one, other] = ['limit=5&sort=-sent&type=bulk', 'type=bulk&limit=5&sort=-sent'].map((search) =>
      readQuery(resource('funnel'), {}, new URLSearchParams(search)),
    );

    expect(one!.address).toBe('/api/v1/funnel?type=bulk&sort=-sent&limit=5');
    expect(other!.address).toBe(one!.address);
  });

  it('reports every error at once', () => {
    const search = new URLSearchParams('limit=0&nope=1&__proto__=2&type=a&type=b&from=2021-13-01&format=xml');

    expect(() => readQuery(resource('campaigns'), {}, search)).toThrow(
      'Correct "nope", "__proto__", "from", "type", "limit", "format"',
    );
  });

  it.each([
    ['a first day after the last day', 'from=2021-05-02&to=2021-05-01', '"from"'],
    ['a cursor of another sort', `sort=sent&cursor=${encodeCursor([], [])}`, '"cursor"'],
    ['a parameter of the path', 'id=7', '"id"'],
  ])('rejects %s', (_what, search, name) => {
    const path = search === 'id=7' ? 'campaigns/:type/:id' : 'daily';
    const values = search === 'id=7' ? { type: 'bulk', id: '8' } : {};

    expect(() => readQuery(resource(path), values as Record<string, string>, new URLSearchParams(search))).toThrow(
      name,
    );
  });
});
