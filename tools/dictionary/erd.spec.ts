import { beforeAll, describe, expect, it } from '@jest/globals';
import { contract, REFERENCE_TABLES, type TableContract } from '#schema/contract.js';
import type { CatalogRelation } from './catalog.js';
import { erd } from './erd.js';

const tables = [contract, ...REFERENCE_TABLES].map(tableOf);

function tableOf({ table, columns, primaryKey }: TableContract): CatalogRelation {
  return {
    schema: 'public',
    name: table,
    kind: 'table',
    comment: null,
    columns: columns.map(({ name, kind }) => ({ name, type: kind, nullable: true, default: null, comment: null })),
    primaryKey,
    constraints: [],
    indexes: [],
  };
}

describe('erd', () => {
  let svg: string;

  beforeAll(async () => {
    svg = await erd(tables);
  });

  it('shows every table and column', () => {
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    for (const { name, columns } of tables) {
      expect(texts).toEqual(expect.arrayContaining([name, ...columns.map((column) => column.name)]));
    }
  });

  it('draws a dashed line for each pair of related columns', () => {
    const pairs = contract.relations.flatMap(({ columns }): readonly string[] => columns);
    expect(svg.match(/class="edge"/g)).toHaveLength(pairs.length);
    expect(svg.match(/<path [^>]*stroke-dasharray/g)).toHaveLength(pairs.length);
  });

  it('is reproducible, and does not contain the version of Graphviz', async () => {
    expect(await erd(tables)).toBe(svg);
    expect(svg).not.toMatch(/graphviz version/i);
  });

  it('skips relations of missing tables', async () => {
    expect(await erd(tables.slice(0, 1))).not.toContain('class="edge"');
  });

  it('escapes SVG markup', async () => {
    const odd = { ...tables[3]!, name: 'a<b & "c"' };
    const picture = await erd([odd]);
    expect(picture).toContain('>a&lt;b &amp; &quot;c&quot;</text>');
    expect(picture.match(/class="node"/g)).toHaveLength(1);
  });
});
