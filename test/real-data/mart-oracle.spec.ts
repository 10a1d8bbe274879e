import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { compare } from '../../tools/oracle/query-result.js';
import { totalOf } from '../../tools/oracle/cell.js';
import { fileDifferences } from '../../tools/oracle/file-differences.js';
import { MART_QUERIES } from '../../tools/oracle/queries.js';
import { runLike, type AggregateRun } from '../support/aggregate-run.js';
import { folderOfRealData } from '../support/real-data.js';

jest.setTimeout(120_000);

const AGGREGATE = 'demo-campaign-date-aggregate.csv';
/** The real reference files, from which the topics and holidays of the aggregate were taken. */
const REFERENCE = ['campaigns.csv', 'holidays.csv'];
const ROWS = 100_000;

describe("the mart of a file generated like the demo's aggregate, with the real campaigns and holidays", () => {
  let run: AggregateRun;

  beforeAll(async () => {
    const folder = folderOfRealData([AGGREGATE, ...REFERENCE]);
    const reference = REFERENCE.map((name) => join(folder, name));
    run = await runLike({ like: join(folder, AGGREGATE), rows: ROWS, reference });
  });

  it("comes from a file with the demo's counts, scaled", () => {
    expect(totalOf(run.aggregate)).toEqual({
      sent: 10_000_000,
      opened: 1_613_707,
      clicked: 235_351,
      unsubscribed: 303_179,
      bounced: 35_557,
      purchased: 12_340,
    });
    expect(run.rows).toBe(ROWS);
    expect(totalOf(run.file)).toMatchObject({
      sent: 100_000,
      opened: 16_137,
      clicked: 2354,
      unsubscribed: 3032,
      bounced: 356,
      purchased: 123,
    });
    expect(fileDifferences(run.file, run.aggregate, ROWS)).toEqual([]);
  });

  it.each(MART_QUERIES)('$name equals a recount of the file in every column', (query) => {
    const { rows, differences, uncompared } = compare(query, run.results.get(query.name)!, run.file);

    expect(differences).toEqual([]);
    expect(uncompared).toEqual(query.fromReferenceFiles ?? []);
    expect(rows).toBeGreaterThan(0);
  });

  it('has a ledger that equals a recount of all rows', () => {
    expect(run.ledgerDifferences).toEqual([]);
  });
});
