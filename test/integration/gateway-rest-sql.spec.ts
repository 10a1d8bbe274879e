import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { examplePath } from '../../apps/gateway/src/rest/resources/example-path.js';
import type { Resource } from '../../apps/gateway/src/rest/resources/resource.js';
import { RESOURCES } from '../../apps/gateway/src/rest/resources/resources.js';
import { createAnalyst, type Analyst } from '../support/analyst.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { rowsOfSql, withoutAges } from '../support/resource-sql.js';
import { RestGateway, TOKEN, WITH_TOKEN, withParameter, type JsonRow } from '../support/rest-gateway.js';

jest.setTimeout(60_000);

let database: MartDatabase;
let analyst: Analyst;
let quarantineReader: Analyst;
let gateway: RestGateway;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, async (client) => {
    await fillMart(client, 500, 3);
    await client.query(`UPDATE quarantined_messages SET key = '7' WHERE "offset" < 3`);
  });
  analyst = await createAnalyst(database, process.env.DATABASE_URL!);
  quarantineReader = await createAnalyst(database, process.env.DATABASE_URL!, ['quarantine_reader']);
  gateway = await RestGateway.start(database.url, { GATEWAY_API_TOKEN: TOKEN });
  await gateway.ready();
});

afterAll(async () => {
  await gateway?.close();
  await database?.drop();
  await analyst?.drop();
  await quarantineReader?.drop();
});

const PATHS: Readonly<Record<string, string>> = {
  'campaigns/:type/:id': 'campaigns/bulk/3',
  'campaigns/:type/:id/audience': 'campaigns/bulk/3/audience',
  'campaigns/:type/:id/place': 'campaigns/bulk/3/place?least_sent=1',
  'quarantine/:topic/:partition/:offset': 'quarantine/message_data/0/1',
  'messages/:id': 'messages/1',
  'messages/:id/quarantine': 'messages/7/quarantine',
};
const addressOf = (resource: Resource) => PATHS[resource.path] ?? examplePath(resource);
const find = (path: string) => RESOURCES.find((resource) => resource.path === path)!;

async function sqlOf(address: string): Promise<string> {
  const answer = await gateway.get(withParameter(address, 'format=sql'), WITH_TOKEN);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/sql; charset=utf-8']);
  return answer.text();
}

const rowsOf = (resource: Resource, sql: string, setting?: string) =>
  rowsOfSql((resource.sqlRole === null ? analyst : quarantineReader).url, resource, sql, setting);

async function dataOf(address: string): Promise<JsonRow[]> {
  const { data } = await gateway.page(address, WITH_TOKEN);
  // An item is one row, not a list.
  return Array.isArray(data) ? (data as JsonRow[]) : [data as unknown as JsonRow];
}

describe('format=sql', () => {
  it.each(RESOURCES)('gives an analyst the rows of /$path', async (resource) => {
    const address = addressOf(resource);
    const data = await dataOf(address);

    expect(withoutAges(await rowsOf(resource, await sqlOf(address)))).toEqual(withoutAges(data));
    // Without the default minimum of messages no campaign of the test is on top.
    if (!['campaigns/top', 'skipped-records', 'messages'].includes(resource.path))
      expect(data.length).toBeGreaterThan(0);
  });

  it.each([
    ['campaigns', 'campaigns?type=bulk&from=2021-03-12&sort=-open_rate&limit=3'],
    ['campaigns/top', 'campaigns/top?by_rate=click_rate&least_sent=2&most=4&worst_first=true'],
    ['campaigns/costs', 'campaigns/costs?email_price=0.5'],
    ['campaigns', `campaigns?search=${encodeURIComponent('SAL')}&sort=-sent`],
    ['topics', 'topics?topic=&sort=-topic'],
    ['holidays', 'holidays?is_holiday=false'],
    ['fatigue', 'fatigue?from=2021-03-20&sort=-received'],
    ['quarantine', 'quarantine?reason=not_a_time&partition=0&limit=2'],
  ])('has the filters of /%s: %s', async (path, address) => {
    const data = await dataOf(address);

    expect(data.length).toBeGreaterThan(0);
    expect(await rowsOf(find(path), await sqlOf(address))).toEqual(data);
  });

  it.each(['campaigns?sort=-open_rate&limit=4', 'daily?sort=date&limit=4', 'quarantine?limit=4', 'topics?limit=1'])(
    'has the position of every page of %s',
    async (first) => {
      const resource = find(first.split('?')[0]!);
      let address: string | null = first;
      for (let page = 0; page < 4 && address !== null; page++) {
        const { data, next } = await gateway.page(address);
        expect(await rowsOf(resource, await sqlOf(address))).toEqual(data);
        address = next;
      }
    },
  );

  it('has the requested columns only', async () => {
    expect(await sqlOf('channels?columns=open_rate,sent&limit=2')).toContain('SELECT\n  open_rate, sent\nFROM');
  });

  it('keeps quotes, backslashes and other characters of values inside their literals', async () => {
    const topic = `it's \\' "x" :name -- /* $1 \n 🛒 שלום\\`;
    await withClient(database.url, (client) =>
      client.query(
        `INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, reasons, headers)
         VALUES ($1, 0, 1, now(), '[{"column": null, "reason": "not_json"}]', '{}')`,
        [topic],
      ),
    );
    const address = `quarantine?topic=${encodeURIComponent(topic)}`;
    const data = await dataOf(address);

    expect(data).toMatchObject([{ topic }]);
    const sql = await sqlOf(address);
    expect(await rowsOf(find('quarantine'), sql)).toEqual(data);
    expect(await rowsOf(find('quarantine'), sql, 'SET standard_conforming_strings = off')).toEqual(data);
  });

  it('is answered for the header Accept, without a query, and needs the token that its rows need', async () => {
    const byHeader = await gateway.get('channels', { accept: 'application/sql' });
    expect(await byHeader.text()).toBe(await sqlOf('channels'));

    expect((await gateway.get('messages/123456789012?format=sql', WITH_TOKEN)).status).toBe(200);
    expect(await gateway.problem('messages/1?format=sql')).toMatchObject({ type: 'token-needed' });
    expect(await gateway.problem('freshness?format=csv')).toMatchObject({ type: 'invalid-parameter' });
  });

  it('of original bytes names the role that may run it; the analyst may not', async () => {
    const sql = await sqlOf('quarantine/message_data/0/1');
    expect(sql).toContain('-- Shows original bytes: run it as a member of quarantine_reader.');
    await expect(rowsOfSql(analyst.url, find('quarantine/:topic/:partition/:offset'), sql)).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('can be read', async () => {
    expect(await sqlOf('quality?check=duplicate+message_id&limit=5')).toBe(
      [
        '-- Data quality: one row per finding of a check: the rows of GET /api/v1/quality?check=duplicate+message_id&limit=5',
        '-- Reads the rows of messages, which takes seconds on a large mart.',
        'SELECT',
        '  check_name, detail, figure, of_total, share',
        'FROM mart.data_quality AS resource',
        `WHERE check_name = 'duplicate message_id'`,
        'ORDER BY check_name ASC, detail ASC',
        'LIMIT 5;',
        '',
      ].join('\n'),
    );
  });
});
