import { createHash } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { entities, TABLE_DESCRIPTIONS } from '../entities.js';
import {
  dropWithOurs,
  functionsNamed,
  otherOverloads,
  OUR_FUNCTIONS,
  OUR_VIEWS,
  viewsNamed,
} from './drop-with-ours.js';
import { ERASURE_COMMENTS } from './erasure-comments.js';
import { LEDGER_COMMENTS } from './ledger-comments.js';
import { MART_OBJECTS } from './mart-objects.js';
import type { MartObject } from './mart-object.js';
import { MEASURE_DESCRIPTIONS } from './measures.js';
import { QUARANTINE_COMMENTS } from './quarantine-comments.js';
import { literal } from './sql-literal.js';

/** Start of the comment of the schema `mart`, by which anybody can tell ours. */
export const MART_COMMENT_START = 'The data mart: ';

const SCHEMA_COMMENT =
  `${MART_COMMENT_START}a view or function for each of the analysts' questions, exact at every moment. Days and hours are UTC. The data ` +
  'has no revenue, no links and no control group, so the mart cannot tell what a message earned or caused.';

/** Replaces the comment of a migration, which cannot be edited. */
const FUNCTION_COMMENTS = {
  'FUNCTION public.identify_quarantined':
    'Sets record_hash of a quarantined record. If a different record already has its key, moves recorded_at by a microsecond',
};

/** Hash of the definitions and their comments. */
const VERSION = createHash('sha256')
  .update(JSON.stringify([MART_OBJECTS, MEASURE_DESCRIPTIONS, commentsOnTables()]))
  .digest('hex')
  .slice(0, 16);

/** Comment of the schema `mart` when it is up to date. */
export const MART_SCHEMA_COMMENT = `${SCHEMA_COMMENT} Version ${VERSION}`;

/**
 * Creates the views of the schema `mart` and the comments of all tables. Views hold no data, so they are replaced instead of
 * migrated, in place where their columns allow it. Run it in a transaction, after the migrations.
 *
 * @returns false if everything was up to date
 * @throws DependentsError if objects of others depend on a view whose columns have changed; nothing is changed then
 */
export async function defineMart(runner: QueryRunner): Promise<boolean> {
  await runner.query('CREATE SCHEMA IF NOT EXISTS mart');
  const [{ current }] = (await runner.query(
    `SELECT obj_description('mart'::regnamespace, 'pg_namespace') AS current`,
  )) as [{ current: string | null }];
  if (current === MART_SCHEMA_COMMENT) return false;

  for (const object of MART_OBJECTS) await replace(runner, object);
  await dropOthers(runner);
  await runner.query([...(await commentsOnMart(runner)), ...commentsOnTables()].join(';\n'));
  await runner.query(`COMMENT ON SCHEMA mart IS ${literal(MART_SCHEMA_COMMENT)}`);
  return true;
}

/** SQLSTATEs of a replacement that would remove or change columns of a view, or the result of a function. */
const OTHER_SHAPE = new Set(['42P16', '42P13']);

/** In place, which keeps what others built on it. If its shape has changed, it and our own views on it are dropped first. */
async function replace(runner: QueryRunner, object: MartObject): Promise<void> {
  await runner.query('SAVEPOINT replacing');
  try {
    await runner.query(create(object));
    if (object.kind === 'function') await dropWithOurs(runner, otherOverloads(object.name));
  } catch (error) {
    if (!OTHER_SHAPE.has((error as { code?: string }).code ?? '')) throw error;
    await runner.query('ROLLBACK TO SAVEPOINT replacing');
    await dropWithOurs(runner, object.kind === 'view' ? viewsNamed(object.name) : functionsNamed(object.name));
    await runner.query(create(object));
  }
  await runner.query('RELEASE SAVEPOINT replacing');
}

/** What earlier versions created and this one does not. */
async function dropOthers(runner: QueryRunner): Promise<void> {
  const names = (kind: MartObject['kind']) =>
    MART_OBJECTS.filter((object) => object.kind === kind).map(({ name }) => literal(name));
  await dropWithOurs(
    runner,
    `${OUR_VIEWS} AND relname NOT IN (${names('view').join()})
     UNION ALL ${OUR_FUNCTIONS} AND proname NOT IN (${names('function').join()})`,
  );
}

function create(object: MartObject): string {
  if (object.kind === 'view') return `CREATE OR REPLACE VIEW mart.${object.name} AS ${object.sql}`;
  const { name, parameters, returns, volatility = 'STABLE', language = 'sql', readsLedger, sql } = object;
  // A function that is not parallel safe keeps the whole query, for example of a view with bounds, from using parallel workers.
  const parallel = language === 'sql' ? 'PARALLEL SAFE' : '';
  const asOwner = readsLedger ? 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp' : '';
  return `CREATE OR REPLACE FUNCTION mart.${name}(${parameters}) RETURNS ${returns} LANGUAGE ${language} ${volatility} ${parallel} ${asOwner} AS $$ ${sql} $$`;
}

/** @throws Error if a column has no description, or a description no column */
async function commentsOnMart(runner: QueryRunner): Promise<string[]> {
  const comments = MART_OBJECTS.map(
    ({ kind, name, comment }) => `COMMENT ON ${kind} mart.${name} IS ${literal(comment)}`,
  );
  for (const view of MART_OBJECTS) {
    if (view.kind === 'function') continue;
    const columns = (await runner.query(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'mart.${view.name}'::regclass AND attnum > 0`,
    )) as { name: string }[];
    const descriptions = new Map(Object.entries({ ...MEASURE_DESCRIPTIONS, ...view.columns }));
    const unknown = Object.keys(view.columns).filter((name) => !columns.some((column) => column.name === name));
    const missing = columns.filter(({ name }) => !descriptions.has(name)).map(({ name }) => name);
    if (unknown.length + missing.length > 0) {
      throw new Error(`mart.${view.name}: no description of ${missing.join(', ')}; no column ${unknown.join(', ')}`);
    }
    for (const { name } of columns) {
      comments.push(`COMMENT ON COLUMN mart.${view.name}."${name}" IS ${literal(descriptions.get(name)!)}`);
    }
  }
  return comments;
}

function commentsOnTables(): string[] {
  const ofTables = Object.entries(TABLE_DESCRIPTIONS).map(
    ([table, text]) => `COMMENT ON TABLE public.${table} IS ${literal(text)}`,
  );
  const ofColumns = entities.flatMap(({ options: { tableName, columns } }) =>
    Object.entries(columns).map(
      ([name, column]) => `COMMENT ON COLUMN public.${tableName}."${name}" IS ${literal(column?.comment ?? '')}`,
    ),
  );
  const ofOthers = Object.entries({
    ...FUNCTION_COMMENTS,
    ...LEDGER_COMMENTS,
    ...ERASURE_COMMENTS,
    ...QUARANTINE_COMMENTS,
  }).map(([what, text]) => `COMMENT ON ${what} IS ${literal(text)}`);
  return [...ofTables, ...ofColumns, ...ofOthers];
}
