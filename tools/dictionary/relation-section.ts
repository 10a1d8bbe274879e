import { contract, REFERENCE_TABLES, type TableContract } from '#schema/contract.js';
import { acceptedValues } from './accepted-values.js';
import { fullName, type CatalogColumn, type CatalogRelation } from './catalog.js';
import { code, codes, prose, table } from './markdown.js';
import type { Section } from './sections.js';

/** The tables that hold the cleaner's rejections and repairs. */
const CONTRACT_TABLES: readonly TableContract[] = [contract, ...REFERENCE_TABLES];

/** Tables in the contract's order, then the rest by name. */
export function inContractOrder(relations: readonly CatalogRelation[]): CatalogRelation[] {
  const place = ({ name }: CatalogRelation) => {
    const found = CONTRACT_TABLES.findIndex((each) => each.table === name);
    return found < 0 ? CONTRACT_TABLES.length : found;
  };
  return [...relations].sort((one, other) => place(one) - place(other));
}

/** A table or view: its comment, key and columns. Names in `public` have no schema, as in queries. */
export function relationSection(relation: CatalogRelation, level: Section['level']): Section {
  const rules = relation.schema === 'public' ? CONTRACT_TABLES.find((each) => each.table === relation.name) : undefined;
  const { primaryKey, constraints, indexes } = relation;
  const paragraphs = [
    prose(relation.comment ?? ''),
    primaryKey.length > 0 ? `Primary key: ${codes(primaryKey)}` : '',
    listOf('Constraints', constraints),
    listOf('Further indexes', indexes),
    relation.kind === 'view' ? columnsOfView(relation) : columnsOfTable(relation, rules),
  ];
  return {
    level,
    title: relation.schema === 'public' ? relation.name : fullName(relation),
    body: paragraphs.filter((text) => text !== '').join('\n\n'),
  };
}

function listOf(name: string, definitions: readonly string[]): string {
  return definitions.length === 0 ? '' : `${name}:\n\n${definitions.map((each) => `- ${code(each)}`).join('\n')}`;
}

function columnsOfView({ columns }: CatalogRelation): string {
  return table(
    ['column', 'type', 'description'],
    columns.map((column) => [code(column.name), typeOf(column), prose(column.comment ?? '')]),
  );
}

function columnsOfTable({ columns }: CatalogRelation, rules: TableContract | undefined): string {
  const head = ['column', 'type', 'null?', ...(rules ? ['accepted'] : []), 'description'];
  const rows = columns.map((column) => {
    const rule = rules?.columns.find(({ name }) => name === column.name);
    return [
      code(column.name),
      typeOf(column),
      column.nullable ? 'yes' : 'no',
      ...(rules ? [rule ? acceptedValues(rules, rule) : ''] : []),
      prose(column.comment ?? ''),
    ];
  });
  return table(head, rows);
}

function typeOf(column: CatalogColumn): string {
  return column.default === null ? code(column.type) : `${code(column.type)}, default ${code(column.default)}`;
}
