import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLUMN_NAMES, REFERENCE_TABLES, type Column, type TableContract } from '#schema/contract.js';
import { query } from '../support/mart-database.js';
import { martDifferences, martLine, readMart, readQuarantine, readTable } from '../support/mart.js';
import { Pipeline } from '../support/pipeline.js';
import { folderOfRealData } from '../support/real-data.js';
import { createTestDatabase } from '../support/test-database.js';

jest.setTimeout(90_000);

const MESSAGES = 'messages.sample.csv';

/** The data set's files in the folder, and how many rows each has. */
const REFERENCE = {
  campaigns: { file: 'campaigns.csv', rows: 1907 },
  client_first_purchase_date: { file: 'client_first_purchase_date.sample.csv', rows: 96 },
  holidays: { file: 'holidays.csv', rows: 48 },
};

/** The data set needs no optional files. */
const TABLES = REFERENCE_TABLES.filter(({ optional }) => !optional);

const FILES = [MESSAGES, ...Object.values(REFERENCE).map(({ file }) => file)];

describe('the real rows of the data set', () => {
  const folder = folderOfRealData(FILES);
  let reference: string;
  let pipeline: Pipeline;

  beforeAll(async () => {
    reference = await mkdtemp(join(tmpdir(), 'real-data-'));
    for (const { table, file } of TABLES) {
      await copyFile(join(folder, referenceOf(table).file), join(reference, file));
    }
    pipeline = await Pipeline.create({ database: await createTestDatabase() });
    const martInit = await pipeline.start('mart-init', { args: ['--reference', reference] });
    const { code } = await martInit.exited;
    if (code !== 0) throw new Error(`mart-init ended with ${code}:\n${martInit.output}`);
    await pipeline.produceFile(join(folder, MESSAGES));
    await pipeline.consumer();
    await pipeline.caughtUp();
  });

  afterAll(async () => {
    await pipeline?.close();
    if (reference) await rm(reference, { recursive: true });
  });

  it('are all in the mart, and every column equals the file', async () => {
    const { header, rows } = await readRows(join(folder, MESSAGES));
    expect(header).toEqual(COLUMN_NAMES);
    expect(rows).toHaveLength(117);
    const lines = rows.map((row) => martLine(row.map((field) => field || null)));

    const mart = await readMart(pipeline.databaseUrl);
    expect(mart.size).toBe(117);
    expect(martDifferences(mart, new Map(lines.map((line) => [line.split('\t')[0]!, line])))).toEqual([]);
    expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
  });

  it.each(TABLES.map((table) => [table.table, table] as const))(
    'of %s are all in the database, with equal values',
    async (name, table) => {
      const { file, rows: expectedRows } = referenceOf(name);
      const { header, rows } = await readRows(join(folder, file));
      const columns = table.columns.map((column) => column.name);
      expect(header).toEqual(columns);
      expect(rows).toHaveLength(expectedRows);
      const lines = rows.map((row) => martLine(row.map((field, i) => canonical(field, table.columns[i]!))));

      expect((await readTable(pipeline.databaseUrl, name, columns)).sort()).toEqual(lines.sort());
    },
  );

  it('have one doubtful holiday: the Black Friday of 2022, until it is corrected', async () => {
    const doubtful = () =>
      query<{ day: string }>(
        pipeline.databaseUrl,
        `SELECT date::text || ' ' || holiday AS day FROM mart.holiday_calendar WHERE is_doubtful`,
      );
    expect(await doubtful()).toEqual([{ day: '2021-11-25 Black Friday' }]);

    await writeFile(
      join(reference, 'holiday_corrections.csv'),
      'date,holiday,correct_date\n2021-11-25,Black Friday,2022-11-25\n',
    );
    const martInit = await pipeline.start('mart-init', { args: ['--reference', reference] });
    expect((await martInit.exited).code).toBe(0);
    expect(await doubtful()).toEqual([]);
    expect(
      await query(pipeline.databaseUrl, `SELECT holiday FROM mart.holiday_calendar WHERE date = '2022-11-25'`),
    ).toEqual([{ holiday: 'Black Friday' }]);
  });
});

function referenceOf(table: TableContract['table']): { readonly file: string; readonly rows: number } {
  if (!(table in REFERENCE)) throw new Error(`the suite knows no real file for the table ${table}`);
  return REFERENCE[table as keyof typeof REFERENCE];
}

/** Splits lines at commas, since the real files have no quotes. */
async function readRows(path: string): Promise<{ header: string[]; rows: string[][] }> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const [header, ...rows] = lines.map((line) => line.split(','));
  return { header: header!, rows };
}

/** A field of a reference file, written as PostgreSQL writes its value. */
function canonical(field: string, { kind }: Column): string | null {
  if (field === '') return null;
  if (kind === 'boolean') return field === 'True' ? 't' : 'f';
  if (kind === 'integer') return field.replace(/\.0$/, '');
  if (kind === 'time') return field.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return field;
}
