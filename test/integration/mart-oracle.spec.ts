import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { compare } from '../../tools/oracle/query-result.js';
import { totalOf } from '../../tools/oracle/cell.js';
import { fileDifferences } from '../../tools/oracle/file-differences.js';
import { MART_QUERIES } from '../../tools/oracle/queries.js';
import { runLike, type AggregateRun } from '../support/aggregate-run.js';

jest.setTimeout(120_000);

/**
 * Invented data: all types in all channels, two campaigns with the same id, campaigns without a topic, holidays, a day that is
 * a holiday for the generator but not here, cells in which every message bounces or is clicked, and gaps of less and more than
 * a week.
 */
const AGGREGATE = fileURLToPath(new URL('../fixtures/aggregate.csv', import.meta.url));

describe('the mart of a file generated like a small aggregate', () => {
  let run: AggregateRun;

  beforeAll(async () => {
    run = await runLike({ like: AGGREGATE });
  });

  it('comes from a file with the counts of the aggregate in every cell', () => {
    expect(run.aggregate).toHaveLength(29);
    expect(run.rows).toBe(2981);
    expect(totalOf(run.aggregate)).toMatchObject({ sent: 2981, opened: 675, clicked: 177, purchased: 32 });
    expect(fileDifferences(run.file, run.aggregate, run.rows)).toEqual([]);
  });

  it.each(MART_QUERIES)('$name equals the aggregate', (query) => {
    const { rows, values, differences } = compare(query, run.results.get(query.name)!, run.aggregate);

    expect(differences).toEqual([]);
    expect(rows).toBeGreaterThan(0);
    expect(values).toBeGreaterThan(rows * query.by.length);
  });

  it.each(MART_QUERIES)('$name equals a recount of the file in every column', (query) => {
    const { differences, uncompared } = compare(query, run.results.get(query.name)!, run.file);

    expect(differences).toEqual([]);
    expect(uncompared).toEqual(query.fromReferenceFiles ?? []);
  });

  it('has a ledger that equals a recount of all rows', () => {
    expect(run.ledgerDifferences).toEqual([]);
  });
});
