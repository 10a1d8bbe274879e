import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readCatalog, type Catalog } from '../../tools/dictionary/catalog.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { martRows, martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages } from '../support/message-rows.js';

jest.setTimeout(60_000);

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

describe('metric_definitions', () => {
  it('names only rates that their view has', () =>
    rolledBack(database.url, async (client) => {
      const named = await martTable(
        client,
        'SELECT DISTINCT our_rate, our_view FROM mart.metric_definitions WHERE our_rate IS NOT NULL ORDER BY 1',
      );
      expect(named.length).toBeGreaterThan(5);
      for (const [rate, view] of named) await client.query(`SELECT ${String(rate)} FROM mart.${String(view)}`);
    }));

  it("has the vendors' formulas in SQL that runs on channel_rates, and gives their figures", () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { is_opened: true, is_clicked: true },
        { is_opened: true },
        { is_clicked: true },
        {},
        { is_hard_bounced: true },
      ]);
      const formulas = (await martTable(
        client,
        'SELECT vendor, figure, our_formula FROM mart.metric_definitions WHERE our_formula IS NOT NULL ORDER BY 1, 2',
      )) as [string, string, string][];
      const figures: unknown[] = [];
      for (const [vendor, figure, formula] of formulas) {
        const [[value]] = (await martTable(client, `SELECT round(${formula}, 3) FROM mart.channel_rates`)) as [
          [number],
        ];
        figures.push([vendor, figure, value]);
      }
      // 5 sent, 4 delivered, 2 opened, 2 clicked, 3 opened or clicked, 1 bounced
      expect(figures).toEqual([
        ['Braze', 'click-to-open rate', 1],
        ['Customer.io', 'open rate', 0.75],
        ['Iterable', 'click-to-open rate', 0.667],
        ['Klaviyo', 'bounce rate', 0.25],
        ['Klaviyo', 'click-to-open rate', 1],
      ]);
      expect(await martRows(client, 'SELECT click_to_open_rate, bounce_rate FROM mart.channel_rates')).toEqual([
        { click_to_open_rate: 0.5, bounce_rate: 0.2 },
      ]);
    }));
});

// Readers by Arrow or JDBC cannot tell how large such a column is: they take it as a text, or as decimal(38, 18).
it('gives every numeric column of tables and views a precision', async () => {
  const { relations } = await withClient(database.url, (client) => readCatalog(client, ['public', 'mart']));
  const numeric = relations.flatMap(({ name, columns }) =>
    columns.filter(({ type }) => type.startsWith('numeric')).map((column) => `${name}.${column.name} ${column.type}`),
  );

  expect(numeric.length).toBeGreaterThan(300);
  expect(numeric.filter((column) => !/ numeric\(\d+,\d+\)(\[\])*$/.test(column))).toEqual([]);
});

/** Names of rates and shares, without their bounds. */
const RATE = /_rate(_delivered|_7d)?$|(^|_)share(_|$)|_of_total$/;
const BOUND = /^(.*)_(low|high)$/;

describe('the comments of the mart', () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await withClient(database.url, (client) => readCatalog(client, ['mart']));
  });

  const columns = () =>
    catalog.relations.flatMap((relation) =>
      relation.columns.map((column) => ({
        ...column,
        comment: column.comment ?? '',
        at: `${relation.name}.${column.name}`,
      })),
    );
  const commentOf = (name: string) =>
    [...catalog.relations, ...catalog.functions].find((each) => each.name === name)?.comment;

  it('say of every day, hour and time that it is UTC', () => {
    const times = columns().filter(
      ({ name, type }) => type === 'date' || type === 'timestamptz' || name === 'hour' || name === 'weekday',
    );

    expect(times.length).toBeGreaterThan(10);
    expect(times.filter(({ comment }) => !comment.includes('UTC')).map(({ at }) => at)).toEqual([]);
  });

  it('say of every function that takes days that they are UTC', () => {
    const functions = catalog.functions.filter((each) =>
      each.arguments.some(({ type, mode }) => type === 'date' && mode === 'in'),
    );

    expect(functions.length).toBeGreaterThan(0);
    expect(functions.filter(({ comment }) => !comment?.includes('UTC')).map(({ name }) => name)).toEqual([]);
  });

  it('say of every rate and share what it is a share of', () => {
    const rates = columns().filter(({ name, type }) => type.startsWith('numeric') && RATE.test(name));

    expect(rates.length).toBeGreaterThan(50);
    expect(rates.filter(({ comment }) => !/ \/ \w+|^Share from 0 to 1 of /.test(comment)).map(({ at }) => at)).toEqual(
      [],
    );
  });

  it('say of every bound which rate it bounds', () => {
    const bounds = columns().flatMap((column) => {
      const rate = BOUND.exec(column.name)?.[1];
      return rate === undefined ? [] : [{ ...column, rate }];
    });

    expect(bounds.length).toBeGreaterThan(50);
    expect(bounds.filter(({ comment, rate }) => !comment.includes(rate)).map(({ at }) => at)).toEqual([]);
  });

  it.each([
    ['clicked', /link/],
    ['purchased', /amount/],
  ])('say what is not known of %s', (name, pattern) => {
    const counts = columns().filter((column) => column.name === name);

    expect(counts.length).toBeGreaterThan(5);
    for (const { comment } of counts) expect(comment).toMatch(pattern);
  });

  it('say what the data does not have', async () => {
    const [[comment]] = (await withClient(database.url, (client) =>
      martTable(client, `SELECT obj_description('mart'::regnamespace)`),
    )) as [[string]];

    expect(comment).toMatch(/no revenue, no links and no control group/);
  });

  // What misleads whoever reads the figures without knowing the data.
  it.each([
    ['experiment_effect', /not (the )?variants/],
    ['experiment_effect', /control group/],
    ['channel_rates', /shares of the messages sent/],
    ['type_channel_rates', /shares of the messages sent/],
    ['topic_rates', /by id and type/],
    ['funnel', /not nested/],
    ['response_times', /before the send/],
    ['daily_rates', /still rising/],
    ['holiday_effect', /two holidays/],
    ['subject_features', /types differ/],
    ['trigger_sequence', /is_test IS NOT TRUE/],
    ['top_campaigns', /tiny ones/],
    ['unsubscribes_and_complaints', /single day/],
    ['new_and_existing_clients', /2021-12-15/],
    ['metric_definitions', /does not depend on the data/],
  ])('warn of the trap of %s: %s', (name, pattern) => {
    expect(commentOf(name)).toMatch(pattern);
  });
});
