import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { COLUMN_NAMES, contract, REFERENCE_TABLES, type Column, type TableContract } from './contract.js';
import { contractJson } from './contract-json.js';
import { normalizerOf } from './values.js';

describe('the contract', () => {
  it('has unique column names', () => {
    expect(new Set(COLUMN_NAMES).size).toBe(contract.columns.length);
  });

  it('uses only its own columns in its rules', () => {
    const named = [
      contract.versionColumn,
      ...contract.primaryKey,
      ...contract.flags.flatMap(({ flag, times }) => [flag, ...times]),
      ...contract.orders.flatMap(({ first, last }) => [first, last]),
      ...contract.dates.flatMap(({ date, time }) => [date, time]),
    ];
    expect(named.filter((name) => !COLUMN_NAMES.includes(name))).toEqual([]);
  });

  it('relates existing columns, the same number on either side', () => {
    const tables: readonly TableContract[] = [contract, ...REFERENCE_TABLES];
    const known = tables.flatMap(({ table, columns }) => columns.map(({ name }) => `${table}.${name}`));
    for (const { table, columns, references, referencedColumns } of contract.relations) {
      expect(known).toEqual(expect.arrayContaining(columns.map((name) => `${table}.${name}`)));
      expect(known).toEqual(expect.arrayContaining(referencedColumns.map((name) => `${references}.${name}`)));
      expect(referencedColumns).toHaveLength(columns.length);
    }
  });

  it('has a rule for every boolean', () => {
    const booleans = contract.columns.filter(({ kind }) => kind === 'boolean').map(({ name }) => name);
    expect(contract.flags.map(({ flag }) => flag)).toEqual(booleans);
  });

  it('has a normalizer for every column', () => {
    const columns: readonly Column[] = [...contract.columns, ...REFERENCE_TABLES.flatMap((table) => table.columns)];
    for (const column of columns) expect(normalizerOf(column)).toBeInstanceOf(Function);
  });

  it('is exported to contract.json; if not, run `npm run schema:export`', () => {
    expect(readFileSync(new URL('../contract.json', import.meta.url), 'utf8')).toBe(contractJson());
  });
});
