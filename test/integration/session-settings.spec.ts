import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ledgerDifferences } from '../support/ledger.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { recordOf } from '../support/records.js';
import { RestGateway, TOKEN, WITH_TOKEN } from '../support/rest-gateway.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

/** Database settings that change the text format or meaning of statements, or make them fail. */
const SETTINGS = {
  datestyle: 'German',
  intervalstyle: 'iso_8601',
  timezone: 'America/New_York',
  bytea_output: 'escape',
  extra_float_digits: '-3',
  client_encoding: 'LATIN1',
  search_path: '',
  standard_conforming_strings: 'off',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  array_nulls: 'off',
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  synchronous_commit: 'off',
  xmloption: 'document',
  default_transaction_deferrable: 'on',
  exit_on_error: 'on',
  restrict_nonsystem_relation_kind: 'view',
  backslash_quote: 'off',
  client_min_messages: 'debug1',
  work_mem: '64kB',
  enable_indexscan: 'off',
  temp_tablespaces: 'nowhere',
  timezone_abbreviations: 'India',
  // Also applies to the statements that replace it, which take a moment on a busy machine.
  statement_timeout: '20',
  transaction_timeout: '300',
  lock_timeout: '1',
  idle_in_transaction_session_timeout: '5',
  idle_session_timeout: '1000',
};

let pipeline: Pipeline;
let gateway: RestGateway;

beforeAll(async () => {
  pipeline = await Pipeline.create({ partitions: 1 });
  await pipeline.createTopic();
  const database = new URL(pipeline.databaseUrl).pathname.slice(1);
  const alter = Object.entries(SETTINGS).map(([name, value]) => `ALTER DATABASE ${database} SET ${name} = '${value}'`);
  await query(pipeline.databaseUrl, alter.join(';'));
  const init = await pipeline.start('mart-init');
  expect({ code: (await init.exited).code, output: init.output }).toMatchObject({ code: 0 });
  gateway = await RestGateway.start(pipeline.databaseUrl, { GATEWAY_API_TOKEN: TOKEN });
  await pipeline.consumer();
});

afterAll(async () => {
  await gateway?.close();
  await pipeline?.close();
});

const stored = (id: number) =>
  query<{ at: string; category: string }>(
    pipeline.databaseUrl,
    `SELECT to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS at, category FROM public.messages WHERE id = ${id}`,
  );

it('keeps the newest version of a row, whatever the DateStyle of the database', async () => {
  const versions = ['2022-12-31 10:00:00', '2023-01-02 09:00:00', '2023-02-01 08:00:00.000001', '2022-06-30 00:00:00'];
  for (const updated_at of versions) {
    await pipeline.send([recordOf(1, { updated_at, category: `żółć of ${updated_at}` })]);
    await pipeline.caughtUp();
  }
  expect(await stored(1)).toEqual([
    { at: '2023-02-01 08:00:00.000001', category: 'żółć of 2023-02-01 08:00:00.000001' },
  ]);
});

it('quarantines bytes and missing keys unchanged', async () => {
  await pipeline.send([
    { key: null, value: Buffer.from([0x00, 0xff, 0x5c]) },
    { key: 'NULL', value: '{}' },
  ]);
  await pipeline.caughtUp();
  const rows = await query(
    pipeline.databaseUrl,
    `SELECT encode(key, 'hex') AS key, encode(value, 'hex') AS value FROM public.quarantined_messages ORDER BY "offset"`,
  );
  expect(rows).toEqual([
    { key: null, value: '00ff5c' },
    { key: '4e554c4c', value: '7b7d' },
  ]);
});

it('returns dates, times, bytes and letters over REST in the usual format', async () => {
  await pipeline.send([recordOf(2, { updated_at: '2023-02-01 08:00:00', category: 'żółć' })]);
  await pipeline.caughtUp();
  await gateway.ready();

  const response = await waitUntil('the message is returned', async () => {
    const each = await gateway.get('messages/2', WITH_TOKEN);
    return each.ok ? each : undefined;
  });
  const message: unknown = await response.json();
  expect((message as { data: object }).data).toMatchObject({ date: '2021-05-01', sent_at: '2021-05-01T10:00:00Z' });
  expect(JSON.stringify(message)).toContain('żółć');
  const { data } = await gateway.page('quarantine', WITH_TOKEN);
  expect(data[0]!.recorded_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const offset = Math.min(...data.map((row) => Number(row.offset)));
  const record = await gateway.get(`quarantine/${pipeline.topic}/0/${offset}`, WITH_TOKEN);
  expect(await record.json()).toMatchObject({ data: { key: null, value: { base64: 'AP9c', text: null } } });
  const csv = await (await gateway.get('daily', { accept: 'text/csv' })).text();
  expect(csv).toMatch(/^2021-05-01,/m);
});

it('folds the ledger and keeps it exact', async () => {
  const settings = (await query<{ n: number }>(pipeline.databaseUrl, 'SELECT count(*)::int AS n FROM ledger.sums'))[0];
  expect(settings!.n).toBeGreaterThan(0);
  expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
});
