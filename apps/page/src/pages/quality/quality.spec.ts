import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHECKS, cleanOf, findingsOf, SLOW_CHECKS, type CheckRow } from './checks.js';
import { qualitySentence } from './quality-sentence.js';

interface Quality {
  readonly paths: Record<
    string,
    { get: { parameters: { name: string; schema: { enum: string[] } }[]; 'x-slow-if': object } }
  >;
}
const openapi = JSON.parse(readFileSync('apps/gateway/openapi.json', 'utf8')) as Quality;
const { parameters, 'x-slow-if': slow } = openapi.paths['/api/v1/quality']!.get;

const row = (check_name: string, figure: number | null, share: number | null = null): CheckRow => ({
  ...{ check_name, detail: 'x', figure, share },
  of_total: share === null ? null : 100,
});

describe('the checks', () => {
  it('are those of the mart', () => {
    const known = parameters.find(({ name }) => name === 'check')!.schema.enum;

    expect([...Object.keys(CHECKS), 'null', 'quarantine', 'freshness'].toSorted()).toEqual(known.toSorted());
    expect(slow).toEqual({ check: SLOW_CHECKS });
  });

  it('with findings are sorted by affected messages', () => {
    const rows = [
      row('orphan', 1, 0.01),
      row('orphan', 0, 0),
      row('null', 9, 0.9),
      row('undelivered', 3, 0.03),
      row('freshness', 7),
    ];

    expect(findingsOf(rows).map(({ check_name }) => check_name)).toEqual(['undelivered', 'orphan']);
    expect(cleanOf(rows)).toBe(1);
  });
});

describe('qualitySentence', () => {
  const range = { from_offset: 5, to_offset: 1005, resolved_at: null };
  const all = { ...row('null', 0, 0), of_total: 100 };

  it.each<[CheckRow[] | null, Parameters<typeof qualitySentence>[1], string | null]>([
    [null, null, null],
    [[{ ...all, of_total: 0 }], [], 'The mart has no messages yet, so there is nothing to check.'],
    [[all], [], 'The checks found nothing. Two more read all rows and run on request.'],
    [
      [all, row('orphan', 2, 0.02)],
      [],
      'One check found something. The most frequent: campaign not in campaigns (x), 2 of 100, 2.00%.',
    ],
    [
      [all, row('unused holiday correction', 7), row('orphan', 2, 0.02)],
      [{ ...range, resolved_at: '2026-03-01T00:00:00Z' }],
      '2 checks found something. The most frequent: unused holiday correction (x), 7.',
    ],
    [[all], [range], 'Up to 1,000 records were never read: see the skipped records.'],
    [null, [{ ...range, to_offset: 6 }], 'Up to 1 record was never read: see the skipped records.'],
  ])('%j %j: %s', (rows, ranges, expected) => {
    expect(qualitySentence(rows, ranges)).toBe(expected);
  });
});
