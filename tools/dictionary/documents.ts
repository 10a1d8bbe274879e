import type { Client } from 'pg';
import { readCatalog, withoutComment } from './catalog.js';
import { dataDictionary, SCHEMAS } from './data-dictionary.js';
import { dbtSources } from './dbt-sources.js';
import { erd } from './erd.js';
import { formatted } from './formatted.js';
import { martColumns } from './mart-columns.js';
import { inContractOrder } from './relation-section.js';

export const DICTIONARY_FILE = 'docs/data-dictionary.md';
export const ERD_FILE = 'docs/erd.svg';
export const DBT_SOURCES_FILE = 'examples/dbt/models/sources.yml';
export const MART_COLUMNS_FILE = 'apps/gateway/src/rest/resources/mart-columns.ts';

export interface Documents {
  /** Text by path in the project. */
  readonly files: Readonly<Record<string, string>>;
  /** Objects without a comment in the database. */
  readonly uncommented: readonly string[];
}

/** Files that are generated from a migrated database. The same database and contract give the same bytes. */
export async function documentsOf(client: Client): Promise<Documents> {
  const catalog = await readCatalog(client, SCHEMAS);
  const tables = inContractOrder(
    catalog.relations.filter(({ schema, kind }) => schema === 'public' && kind === 'table'),
  );
  return {
    files: {
      [DICTIONARY_FILE]: await formatted(dataDictionary(catalog), DICTIONARY_FILE),
      [ERD_FILE]: await erd(tables),
      [DBT_SOURCES_FILE]: dbtSources(catalog),
      [MART_COLUMNS_FILE]: await formatted(martColumns(catalog), MART_COLUMNS_FILE),
    },
    uncommented: withoutComment(catalog),
  };
}
