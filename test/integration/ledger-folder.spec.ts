import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ledgerDifferences } from '../support/ledger.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf, version } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await Pipeline.create();
  await pipeline.createTopic();
});

afterAll(() => pipeline?.close());

async function pending(): Promise<number> {
  const [row] = await query<{ n: number }>(pipeline.databaseUrl, 'SELECT count(*)::integer AS n FROM ledger.deltas');
  return row!.n;
}

it('two gateways fold the ledger while a consumer writes, and the other continues when one is killed', async () => {
  const [one, other] = await Promise.all([pipeline.start('gateway'), pipeline.start('gateway')]);
  // Many small batches, so that there is always something to fold.
  await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '20' });
  for (const round of numbers(3)) {
    await pipeline.send(
      numbers(600).map((id) => recordOf(id, { ...version(round), campaign_id: String(round + (id % 3)) })),
    );
  }
  await waitUntil('a gateway folds', async () => {
    const metrics = await Promise.all([one.metrics(), other.metrics()]);
    return metrics.some((each) => (each.get('messages_ledger_folded_total') ?? 0) > 0);
  });
  await one.kill();
  await pipeline.caughtUp();

  expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
  await waitUntil('all deltas are folded', async () => (await pending()) === 0);
  expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
  const [row] = await query(pipeline.databaseUrl, 'SELECT sent::integer FROM mart.channel_rates');
  expect(row).toEqual({ sent: 600 });
  expect(other.output).not.toMatch(/not folded/);
});

it('a gateway reports once why it cannot fold, and continues when it can again', async () => {
  const gateway = await pipeline.start('gateway');
  await query(pipeline.databaseUrl, 'ALTER FUNCTION ledger.fold RENAME TO fold_away');
  await gateway.waitUntil('it reports the failure', () => gateway.output.includes('The ledger was not folded'));
  await query(pipeline.databaseUrl, 'ALTER FUNCTION ledger.fold_away RENAME TO fold');
  await gateway.waitUntil('it folds again', () => gateway.output.includes('Folding again'));
  expect(gateway.output.match(/was not folded/g)).toHaveLength(1);
  expect((await gateway.stop()).code).toBe(0);
});
