import { describe, expect, it } from '@jest/globals';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';
import { parametersOf } from '../parameters/list-parameters.js';
import { orderOf } from '../query/order.js';
import { RESOURCES } from './resources.js';

/** Views and functions of the mart that are not served over HTTP, and why. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  'mart.wilson_low': 'returns a value, not rows',
  'mart.wilson_high': 'returns a value, not rows',
  'mart.significant': 'returns a value, not rows',
  'mart.newest_sent_at': 'returns a value, not rows',
  'mart.daily_rates': '/daily reads daily_rates_of, which equals it without arguments',
  'mart.campaign_scorecard': '/campaigns reads campaigns_between, which equals it without limits',
};

/** A subquery that only writes figures of a view in another form counts as the view. */
const sourceOf = ({ from }: (typeof RESOURCES)[number]) =>
  'relation' in from ? from.relation.replace(/^\(\n[^]*FROM (mart\.\w+)\n\)$/, '$1') : from.function;

describe('the resources', () => {
  it('serve every view and function of the mart exactly once', () => {
    const reached = RESOURCES.map(sourceOf).filter((source) => /^mart\.\w+$/.test(source));
    const expected = MART_OBJECTS.map(({ name }) => `mart.${name}`).filter((name) => !(name in NOT_SERVED));

    expect(reached.sort()).toEqual(expected.sort());
  });

  it.each(RESOURCES)('$path is consistent', (resource) => {
    const { key, columns, sortable, path } = resource;
    const names = columns.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...key, ...sortable]));
    expect(new Set(names).size).toBe(names.length);
    expect(columns.filter(({ description }) => description === '')).toEqual([]);

    const parameters = parametersOf(resource).map(({ name }) => name);
    expect(new Set(parameters).size).toBe(parameters.length);
    expect(
      parametersOf(resource)
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name),
    ).toEqual([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
    for (const { kind, example } of parametersOf(resource)) {
      if (example !== undefined) expect([example, kind.accepts(example)]).toEqual([example, true]);
    }
    expect(resource.parameters.filter(({ required, example }) => required && example === undefined)).toEqual([]);
    expect(orderOf(resource, {}).map(({ column }) => column)).toEqual(expect.arrayContaining([...key]));
  });

  it.each(RESOURCES.filter(({ needsToken }) => !needsToken))(
    '$path has no client-level column without a token',
    ({ columns }) => {
      const clientLevel = columns.filter(({ name, type }) => /client_id|message_id/.test(name) || type === 'bytea');

      expect(clientLevel).toEqual([]);
    },
  );

  it('have distinct paths', () => {
    expect(new Set(RESOURCES.map(({ path }) => path.replace(/:\w+/g, ':'))).size).toBe(RESOURCES.length);
  });
});
