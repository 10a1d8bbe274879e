import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { readCatalog, withoutComment, type Catalog } from '../../tools/dictionary/catalog.js';
import { sectionsOfSchema } from '../../tools/dictionary/data-dictionary.js';
import {
  DBT_SOURCES_FILE,
  DICTIONARY_FILE,
  documentsOf,
  ERD_FILE,
  MART_COLUMNS_FILE,
  type Documents,
} from '../../tools/dictionary/documents.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

describe('the data dictionary', () => {
  let database: MartDatabase;
  let documents: Documents;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
    documents = await withClient(database.url, documentsOf);
  });

  afterAll(() => database?.drop());

  it.each([DICTIONARY_FILE, ERD_FILE, MART_COLUMNS_FILE, DBT_SOURCES_FILE])(
    '%s matches the contract and the database; if not, run `npm run docs`',
    async (file) => {
      expect(await readFile(file, 'utf8')).toBe(documents.files[file]);
    },
  );

  it('every relation, column and function has a comment', () => {
    expect(documents.uncommented).toEqual([]);
  });
});

/** A schema with every kind of object that the dictionary shows, two of them without a comment. */
const SCHEMA = `
  CREATE SCHEMA mart;
  CREATE TABLE mart.sums (
    day date, channel text NOT NULL DEFAULT 'email', sent bigint CHECK (sent >= 0),
    PRIMARY KEY (channel, day)
  ) PARTITION BY LIST (channel);
  CREATE TABLE mart.sums_email PARTITION OF mart.sums FOR VALUES IN ('email');
  CREATE INDEX sums_day ON mart.sums (day);
  COMMENT ON TABLE mart.sums IS 'Sums | by day';
  COMMENT ON COLUMN mart.sums.day IS 'The *day*
    itself';
  COMMENT ON COLUMN mart.sums.channel IS 'Channel';
  CREATE VIEW mart.by_day AS SELECT day, now() AS at FROM mart.sums;
  COMMENT ON VIEW mart.by_day IS 'Messages of a day';
  COMMENT ON COLUMN mart.by_day.day IS 'Day';
  COMMENT ON COLUMN mart.by_day.at IS 'Now';
  CREATE FUNCTION mart.rate(part bigint, whole bigint DEFAULT 1) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
  COMMENT ON FUNCTION mart.rate IS 'Share of a whole, null where that is 0';
  CREATE FUNCTION mart.days(timestamptz) RETURNS TABLE (day date, at timestamptz) LANGUAGE sql AS
    'SELECT current_date, now()';
  CREATE FUNCTION mart.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  COMMENT ON FUNCTION mart.keep() IS 'Keeps sums';
`;

describe('a schema in the data dictionary', () => {
  let database: TestDatabase;
  let catalog: Catalog;

  beforeAll(async () => {
    database = await createTestDatabase();
    catalog = await withClient(database.url, async (client) => {
      await client.query(SCHEMA);
      return readCatalog(client, ['mart']);
    });
  });

  afterAll(() => database?.drop());

  it('lists tables and views, then functions, each sorted by name', () => {
    expect(sectionsOfSchema(catalog, 'mart', '').map(({ title }) => title)).toEqual([
      'Schema mart',
      'mart.by_day',
      'mart.sums',
      'mart.days',
      'mart.keep',
      'mart.rate',
    ]);
  });

  it.each([
    [
      'mart.by_day',
      [
        'Messages of a day\n',
        '| column | type | description |',
        '| --- | --- | --- |',
        '| `day` | `date` | Day |',
        '| `at` | `timestamptz` | Now |',
      ],
    ],
    [
      'mart.sums',
      [
        'Sums | by day\n',
        'Primary key: `channel`, `day`\n',
        'Constraints:\n',
        '- `CHECK ((sent >= 0))`\n',
        'Further indexes:\n',
        '- `CREATE INDEX sums_day ON ONLY mart.sums USING btree (day)`\n',
        '| column | type | null? | description |',
        '| --- | --- | --- | --- |',
        '| `day` | `date` | no | The \\*day\\* itself |',
        "| `channel` | `text`, default `'email'::text` | no | Channel |",
        '| `sent` | `bigint` | yes |  |',
      ],
    ],
    [
      'mart.rate',
      [
        '```sql',
        'mart.rate(',
        '  part bigint,',
        '  whole bigint DEFAULT 1',
        ') RETURNS numeric',
        '```\n',
        'Share of a whole, null where that is 0',
      ],
    ],
    [
      'mart.days',
      ['```sql', 'mart.days(timestamptz) RETURNS TABLE (', '  day date,', '  at timestamptz', ')', '```\n', ''],
    ],
  ])('describes %s', (title, lines) => {
    expect(sectionsOfSchema(catalog, 'mart', '').find((section) => section.title === title)?.body).toBe(
      lines.join('\n'),
    );
  });

  it('names the objects that have no comment', () => {
    expect(withoutComment(catalog)).toEqual(['mart.sums.sent', 'mart.days()']);
  });
});
