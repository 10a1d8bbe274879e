import { isNullable } from '#schema/columns.js';
import { contract, type TableContract } from '#schema/contract.js';
import { SQL_TYPES } from '#schema/entities.js';
import type { Column, ColumnType } from './resource.js';

/**
 * Columns of a contract table. Ids of messages and clients are text in JSON, which cannot hold all their digits as a number; a campaign's
 * id is text only if it needs to be.
 */
export function contractColumns(table: TableContract): readonly Column[] {
  return table.columns.map(({ name, kind, required, description }) => ({
    name,
    type: typeOf(table, name) ?? SQL_TYPES[kind],
    description,
    nullable: isNullable({ name, required }),
  }));
}

function typeOf({ table }: TableContract, name: string): ColumnType | undefined {
  if (name === 'campaign_id') return name;
  return table === contract.table && ['id', 'client_id'].includes(name) ? 'id' : undefined;
}
