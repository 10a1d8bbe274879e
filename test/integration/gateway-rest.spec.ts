import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openApiDocument } from '../../apps/gateway/src/openapi/openapi-document.js';
import { buildSelect } from '../../apps/gateway/src/rest/query/build-select.js';
import { orderOf } from '../../apps/gateway/src/rest/query/order.js';
import { RANKED_RATES } from '#schema/mart/ranked-rates.js';
import { parametersOf } from '../../apps/gateway/src/rest/parameters/list-parameters.js';
import type { Resource } from '../../apps/gateway/src/rest/resources/resource.js';
import { examplePath } from '../../apps/gateway/src/rest/resources/example-path.js';
import { RESOURCES } from '../../apps/gateway/src/rest/resources/resources.js';
import { createMartDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { martRows, sorted } from '../support/mart-rows.js';
import { insertMessages, insertRows } from '../support/message-rows.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { fillMart } from '../support/random-mart.js';
import { RestGateway, TOKEN, WITH_TOKEN, withParameter, type JsonRow } from '../support/rest-gateway.js';

jest.setTimeout(120_000);

let database: MartDatabase;
let gateway: RestGateway;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, (client) => fillMart(client, 800, 1));
  gateway = await RestGateway.start(database.url, { GATEWAY_API_TOKEN: TOKEN });
  await gateway.ready();
});

afterAll(async () => {
  await gateway?.close();
  await database?.drop();
});

const PATH_VALUES: Readonly<Record<string, string>> = {
  type: 'bulk',
  id: '3',
  topic: 'message_data',
  partition: '0',
  offset: '999',
};

const lists = RESOURCES.filter(({ kind }) => kind === 'list');
const sourceOf = ({ from }: Resource) => ('relation' in from ? from.relation : `${from.function}()`);
/** Tests below cover the best campaigns (none has the default minimum of 1000 messages) and functions that need arguments. */
const NEED_ARGUMENTS = ['campaigns/top', 'campaigns/:type/:id/place', 'compare'];
const onMart = lists.filter(
  (resource) => sourceOf(resource).startsWith('mart.') && !NEED_ARGUMENTS.includes(resource.path),
);

/** The age of the data changes while the test runs. */
const withoutAges = (rows: readonly JsonRow[]) => rows.filter(({ check_name }) => check_name !== 'freshness');

/** toEqual is slow for so many rows, so it only explains a difference. */
function expectRows(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

/** Two at a time: the gateway refuses more concurrent slow queries. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

/** All pages of a list, each with at most `limit` rows. */
async function walk(path: string, limit: number): Promise<JsonRow[]> {
  const rows: JsonRow[] = [];
  let next: string | null = `/api/v1/${withParameter(path, `limit=${limit}`)}`;
  while (next !== null) {
    const page = await gateway.page(next, WITH_TOKEN);
    expect(page.data.length).toBeLessThanOrEqual(limit);
    rows.push(...page.data);
    next = page.next;
  }
  return rows;
}

describe('a list', () => {
  it.each(onMart)('/$path holds what its view does', async (resource) => {
    const everything =
      resource.path === 'quality' ? ` WHERE check_name NOT IN ('duplicate message_id', 'sent after unsubscribe')` : '';
    const expected = await withClient(database.url, (client) =>
      martRows(client, `SELECT * FROM ${sourceOf(resource)}${everything}`),
    );
    const asJson = (row: JsonRow) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
      );
    const actual = (await walk(resource.path, 1000)).map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value).toISOString() : value,
        ]),
      ),
    );

    expect(actual.length).toBeGreaterThan(0);
    expectRows(sorted(withoutAges(actual)), sorted(withoutAges(expected.map(asJson))));
  });

  it.each(lists)('/$path gives the same rows page by page, for every sort', async (resource) => {
    const { path, sortable } = resource;
    const columns = sortable.filter((column) => path !== 'quality' || !['figure', 'share'].includes(column));
    const sorts = columns.flatMap((column) => [column, `-${column}`]);
    const unsorted = examplePath(resource, PATH_VALUES);
    const whole = await walk(unsorted, 1000);
    const half = Math.max(1, Math.ceil(whole.length / 2));
    expectRows(withoutAges(await walk(unsorted, half)), withoutAges(whole));
    await inTurns(sorts, async (sort) => {
      const pages = await walk(withParameter(unsorted, `sort=${sort}`), half);
      expectRows({ sort, rows: sorted(withoutAges(pages)) }, { sort, rows: sorted(withoutAges(whole)) });
      expectOrder(pages, resource, sort);
    });
  });

  it('returns the requested columns in their order, page by page, also without those it is sorted by', async () => {
    const whole = await walk('campaigns?sort=-open_rate', 1000);
    const pages = await walk('campaigns?sort=-open_rate&columns=sent,topic', 7);

    expect(pages.map((row) => Object.entries(row))).toEqual(
      whole.map(({ sent, topic }) => Object.entries({ sent, topic })),
    );
    const csv = await (await gateway.get('campaigns?columns=topic,sent&limit=1&format=csv')).text();
    expect(csv.split('\r\n')[0]).toBe('topic,sent');
  });

  it('has all columns unless some are requested', async () => {
    for (const resource of lists) {
      const address = withParameter(examplePath(resource, PATH_VALUES), 'limit=1');
      const { data } = await gateway.page(address, WITH_TOKEN);
      for (const row of data) expect(Object.keys(row)).toEqual(resource.columns.map(({ name }) => name));
    }
  });

  it.each([
    ['colour', 'has unknown names ("colour"); known are channel, sent,'],
    ['sent,,x', 'has unknown names ("", "x"); known are channel, sent,'],
    ['', 'has unknown names (""); known are channel, sent,'],
    ['sent,open_rate,sent', 'repeats sent'],
    ['__proto__', 'has unknown names ("__proto__"); known are channel, sent,'],
  ])('refuses the columns "%s"', async (columns, detail) => {
    const { status, errors } = await gateway.problem(`channels?columns=${columns}`);

    expect(status).toBe(400);
    expect(errors).toEqual([{ parameter: 'columns', detail: expect.stringContaining(detail) }]);
  });

  it('continues after rows with equal sort values, one row per page', async () => {
    const whole = (await gateway.page('platforms?limit=1000')).data;

    expect(await walk('platforms?sort=channel', 1)).toEqual(whole);
  });
});

/** Rows without a value come last; numbers, dates and times are ordered; texts have the order of the database. */
function expectOrder(rows: readonly JsonRow[], { columns }: Resource, sort: string): void {
  const name = sort.replace(/^-/, '');
  const { type } = columns.find((column) => column.name === name)!;
  const values = rows.map((row) => row[name]);
  const there = values.filter((value) => value !== null);
  expect(values.slice(there.length).every((value) => value === null)).toBe(true);
  if (type === 'text') return;
  const keys = there.map((value) => (type === 'timestamptz' ? Date.parse(value as string) : value)) as number[];
  const ascending = sort.startsWith('-') ? keys.reverse() : keys;
  expect(ascending.every((key, i) => i === 0 || ascending[i - 1]! <= key)).toBe(true);
}

describe('filters', () => {
  it.each([
    [
      'types-and-channels?type=bulk&channel=email',
      (row: JsonRow) => [row.message_type, row.channel],
      ['bulk', 'email'],
    ],
    ['topics?topic=', (row: JsonRow) => row.topic, null],
    ['send-times?hour=7&weekday=3', (row: JsonRow) => [row.hour, row.weekday], [7, 3]],
    ['holidays?is_holiday=false', (row: JsonRow) => row.holiday, 'regular day'],
    ['deliverability?provider=gmial.com', (row: JsonRow) => row.email_provider, 'gmial.com'],
    ['triggers?position=2', (row: JsonRow) => row.position, 2],
    ['quality?check=duplicate+message_id', (row: JsonRow) => row.check_name, 'duplicate message_id'],
    ['quality?check=sent+after+unsubscribe', (row: JsonRow) => row.check_name, 'sent after unsubscribe'],
    ['quality?check=quarantine', (row: JsonRow) => row.check_name, 'quarantine'],
    ['quarantine?partition=0', (row: JsonRow) => row.partition, 0],
    ['campaigns?is_known=false', (row: JsonRow) => row.total_count, null],
    ['campaigns?is_known=false&sort=-campaign_id&topic=', (row: JsonRow) => row.is_known, false],
    ['campaigns?id=3&type=bulk', (row: JsonRow) => [row.campaign_id, row.campaign_type], [3, 'bulk']],
  ])('%s', async (path, valueOf, expected) => {
    const { data } = await gateway.page(path);

    expect(data.length).toBeGreaterThan(0);
    for (const row of data) expect(valueOf(row)).toEqual(expected);
  });

  describe('search', () => {
    const TOPICS = [
      '100% off',
      '100 off',
      'Скидка Ёлка',
      '<script>alert(1)</script>',
      'خصم كبير',
      '🎁 a_b',
      'a\\b',
      'x'.repeat(255),
    ];
    const found = async (text: string, more = '') => {
      const rows = await walk(`campaigns?type=trigger&search=${encodeURIComponent(text)}${more}`, 2);
      return rows.map(({ topic }) => topic);
    };

    beforeAll(async () => {
      await withClient(database.url, async (client) => {
        const campaigns = TOPICS.map((topic, i) => ({ id: 9000 + i, campaign_type: 'trigger', topic }));
        await insertRows(client, 'campaigns', campaigns);
        await insertMessages(
          client,
          campaigns.map(({ id }) => ({ campaign_id: id, message_type: 'trigger' })),
        );
      });
    });

    afterAll(async () => {
      await query(database.url, 'DELETE FROM messages WHERE campaign_id >= 9000');
      await query(database.url, 'DELETE FROM campaigns WHERE id >= 9000');
    });

    it.each([
      ['100%', ['100% off']],
      ['00', ['100% off', '100 off']],
      ['OFF', ['100% off', '100 off']],
      ['скидка ё', ['Скидка Ёлка']],
      ['<SCRIPT>', ['<script>alert(1)</script>']],
      ['كبير', ['خصم كبير']],
      ['🎁', ['🎁 a_b']],
      ['a_b', ['🎁 a_b']],
      ['a\\', ['a\\b']],
      ['x'.repeat(255), ['x'.repeat(255)]],
      ['no such topic', []],
    ])('finds "%s" in topics', async (text, topics) => {
      expect((await found(text)).sort()).toEqual(topics.sort());
    });

    it('finds the whole id', async () => {
      expect(await found('9000')).toEqual(['100% off']);
      expect(await found('900')).toEqual([]);
    });

    it('selects all campaigns if it is empty', async () => {
      expect(await walk('campaigns?search=', 1000)).toEqual(await walk('campaigns', 1000));
    });

    it('works with other filters, with every sort and page by page', async () => {
      const all = await found('off');
      for (const sort of ['topic', '-open_rate', '-sent', 'last_date']) {
        expect((await found('off', `&sort=${sort}&columns=topic`)).sort()).toEqual(all.sort());
      }
      expect(await found('off', '&topic=100+off')).toEqual(['100 off']);
      expect(await found('off', '&to=2021-04-01')).toEqual([]);
    });
  });

  it('a range of days is inclusive', async () => {
    const { data } = await gateway.page('daily?from=2021-03-12&to=2021-03-14');

    expect(data.map(({ date }) => date)).toEqual(['2021-03-12', '2021-03-13', '2021-03-14']);
  });

  it('a range of days limits the figures of campaigns to messages sent on these days', async () => {
    const days = 'from=2021-03-20&to=2021-03-21';
    const read = (sql: string) => withClient(database.url, (client) => martRows(client, sql));
    const campaigns = await walk(`campaigns?${days}`, 1000);

    expect(campaigns.length).toBeGreaterThan(0);
    for (const { first_date, last_date } of campaigns) {
      expect([String(first_date) >= '2021-03-20', String(last_date) <= '2021-03-21']).toEqual([true, true]);
    }
    expectRows(
      sorted(campaigns),
      sorted(await read(`SELECT * FROM mart.campaigns_between('2021-03-20', '2021-03-21')`)),
    );
    expectRows(
      sorted(await walk(`campaigns/daily?${days}&type=bulk&channel=email`, 1000)),
      sorted(
        await read(`SELECT * FROM mart.campaign_daily WHERE date BETWEEN '2021-03-20' AND '2021-03-21'
                    AND campaign_type = 'bulk' AND channel = 'email'`),
      ),
    );
    const top = await gateway.page(`campaigns/top?by_rate=bounce_rate&worst_first=true&least_sent=2&most=4&${days}`);
    expect(top.data).toEqual(
      await read(`SELECT * FROM mart.top_campaigns('bounce_rate', 2, 4, true, '2021-03-20', '2021-03-21')`),
    );
  });

  it('a reason matches any of the reasons of a record', async () => {
    const { data } = await gateway.page('quarantine?reason=not_a_time&limit=1000');

    expect(data.length).toBeGreaterThan(0);
    for (const { reasons } of data) expect(JSON.stringify(reasons)).toContain('not_a_time');
    const [{ n }] = (await query(
      database.url,
      `SELECT count(*)::integer AS n FROM quarantined_messages WHERE reasons::text LIKE '%not_a_time%'`,
    )) as [{ n: number }];
    expect(data).toHaveLength(n);
  });

  it('the newest quarantined records are read by an index', () => {
    const resource = RESOURCES.find(({ path }) => path === 'quarantine')!;
    const order = orderOf(resource, {});
    const { text, values } = buildSelect({
      resource,
      parameterValues: {},
      columns: resource.columns,
      order,
      limit: 100,
      address: '',
    });

    return withClient(database.url, async (client) => {
      // The table of the test is so small that a sequential scan would be cheaper.
      await client.query('SET enable_seqscan = off');
      const { rows } = await client.query<Record<string, string>>(`EXPLAIN ${text}`, [...values]);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index Scan Backward using quarantined_messages_newest/);
      expect(plan).toMatch(/Presorted Key: .*quarantined_at/);
    });
  });

  it('parameters become arguments of a function', async () => {
    const costs = await gateway.page('campaigns/costs?email_price=0.5');
    for (const { channel, sent, cost } of costs.data) expect(cost).toBe(channel === 'email' ? Number(sent) / 2 : 0);

    for (const rate of Object.keys(RANKED_RATES)) {
      for (const worst of [false, true]) {
        const top = await gateway.page(`campaigns/top?by_rate=${rate}&least_sent=5&most=5&worst_first=${worst}`);
        const expected = await withClient(database.url, (client) =>
          martRows(client, `SELECT * FROM mart.top_campaigns('${rate}', 5, 5, ${worst})`),
        );
        expect(expected.length).toBeGreaterThan(0);
        expectRows({ rate, worst, rows: top.data }, { rate, worst, rows: expected });
      }
    }

    const fatigue = await gateway.page('fatigue?from=2021-03-20&to=2021-03-25');
    const days = await withClient(database.url, (client) =>
      martRows(client, `SELECT * FROM mart.fatigue('2021-03-20', '2021-03-25')`),
    );
    expect(fatigue.data).toEqual(days);
  });
});

describe('an item', () => {
  it('a campaign has its scorecard and its own columns', async () => {
    const [{ campaign_id: id, campaign_type: type }] = (await gateway.page('campaigns?is_known=true')).data as [
      JsonRow,
    ];
    const answer = await gateway.get(`campaigns/${String(type)}/${String(id)}`);
    const { data } = (await answer.json()) as { data: JsonRow };
    const [scorecard] = (await gateway.page(`campaigns?id=${String(id)}&type=${String(type)}`)).data;

    expect(data).toMatchObject(scorecard!);
    expect(data).toHaveProperty('subject_with_emoji');
  });

  it.each(['9007199254740993', '-9223372036854775808'])(
    'a campaign with the id %s, which a JSON number cannot hold, is listed with all digits and opened',
    async (id) => {
      await query(database.url, `INSERT INTO campaigns (id, campaign_type, total_count) VALUES (${id}, 'trigger', 1)`);
      await withClient(database.url, (client) =>
        insertMessages(client, [{ campaign_id: id, message_type: 'trigger', channel: 'email' }]),
      );
      try {
        const [listed] = (await gateway.page(`campaigns?search=${id}`)).data;
        expect(listed).toMatchObject({ campaign_id: id, campaign_type: 'trigger', sent: 1 });
        const answer = await gateway.get(`campaigns/trigger/${String(listed!['campaign_id'])}`);
        const contract = new OpenApiContract(openApiDocument());
        expect(await contract.differences('/api/v1/campaigns/{type}/{id}', answer.clone())).toEqual([]);
        expect(((await answer.json()) as { data: JsonRow }).data).toMatchObject({ campaign_id: id, total_count: 1 });
        const rows = (await gateway.page(`campaigns/daily?type=trigger&id=${id}`)).data;
        expect(rows.map(({ campaign_id, sent }) => [campaign_id, sent])).toEqual([[id, 1]]);
      } finally {
        await query(database.url, `DELETE FROM messages WHERE campaign_id = ${id}`);
        await query(database.url, `DELETE FROM campaigns WHERE id = ${id}`);
      }
    },
  );

  it('shows figures of campaigns with six significant digits, without an exponent', async () => {
    await query(
      database.url,
      `INSERT INTO campaigns (id, campaign_type, topic, started_at, finished_at, total_count) VALUES
       (778, 'bulk', 'pace', '2021-05-01 10:00', '2021-05-01 11:00', 7),
       (779, 'bulk', 'pace', '2021-05-01 10:00', '2021-05-01 10:00:00.036', 0)`,
    );
    const body = async () => (await gateway.get(`campaigns/pace?topic=pace&sort=duration_hours`)).text();
    try {
      const columns = /"duration_hours":([^,]+),.*?"planned_per_hour":([^,]+),"sent_per_hour":([^,]+),/g;
      expect([...(await body()).matchAll(columns)].map(([, ...values]) => values)).toEqual([
        ['0.0000100000', '0', '0'],
        ['1.00000', '7.00000', '0'],
      ]);
    } finally {
      await query(database.url, `DELETE FROM campaigns WHERE id IN (778, 779)`);
    }
  });

  it('a campaign without messages has counts of 0', async () => {
    await query(database.url, `INSERT INTO campaigns (id, campaign_type, total_count) VALUES (777, 'bulk', 5)`);
    const { data } = (await (await gateway.get('campaigns/bulk/777')).json()) as { data: JsonRow };

    expect(data).toMatchObject({ sent: 0, purchased: 0, sent_of_total: 0, open_rate: null, first_date: null });
  });

  it('the audience reads that campaign only', async () => {
    const { data } = (await (await gateway.get('campaigns/bulk/3/audience')).json()) as { data: JsonRow };
    const [row] = await withClient(database.url, (client) =>
      martRows(client, `SELECT * FROM mart.campaign_audience WHERE campaign_id = 3 AND campaign_type = 'bulk'`),
    );

    expect(data).toEqual(row);
  });

  it('a message has ids as text, a quarantined record its bytes', async () => {
    const [row] = await query<{ id: string; client_id: string }>(
      database.url,
      'SELECT id, client_id FROM messages LIMIT 1',
    );
    const message = (await (await gateway.get(`messages/${row!.id}`, WITH_TOKEN)).json()) as { data: JsonRow };
    expect(message.data).toMatchObject({ id: row!.id, client_id: row!.client_id });

    await query(database.url, `UPDATE quarantined_messages SET value = '\\xff', key = 'k' WHERE "offset" = 7`);
    const record = await gateway.get('quarantine/message_data/0/7', WITH_TOKEN);
    expect(record.headers.get('cache-control')).toBe('private, no-store');
    expect(((await record.json()) as { data: JsonRow }).data).toMatchObject({
      offset: 7,
      value: { base64: '/w==', text: null },
      key: { base64: 'aw==', text: 'k' },
    });
  });

  it('the place of a campaign is that of the function, with a minimum volume of 1,000 unless another is requested', async () => {
    for (const [least, call] of [
      ['', ''],
      ['?least_sent=2', ', 2'],
    ] as const) {
      const { data } = await gateway.page(`campaigns/bulk/3/place${least}`);
      const rows = await withClient(database.url, (client) =>
        martRows(client, `SELECT * FROM mart.campaign_place('bulk', 3${call})`),
      );
      expect(data).toEqual(rows);
    }
  });

  it.each([
    'campaigns/bulk/999999',
    'campaigns/bulk/999999/place',
    'campaigns/bulk/999999/audience',
    'messages/-1',
    'quarantine/nowhere/0/0',
  ])('%s is not there', async (path) => {
    expect(await gateway.problem(path, WITH_TOKEN)).toMatchObject({ type: 'not-found', status: 404 });
  });
});

describe('messages', () => {
  const messages = async (search: string) => (await gateway.page(`messages?${search}`, WITH_TOKEN)).data;

  it('of a client are found, newest first, page by page', async () => {
    const [client] = await query<{ client_id: string; ids: string[] }>(
      database.url,
      `SELECT client_id, array_agg(id::text ORDER BY sent_at DESC NULLS LAST, id) AS ids
       FROM messages GROUP BY client_id ORDER BY count(*) DESC LIMIT 1`,
    );
    const rows = await walk(`messages?client_id=${client!.client_id}`, 7);

    expect(rows.length).toBeGreaterThan(20);
    expect(rows.map(({ id }) => id)).toEqual(client!.ids);
    expect(new Set(rows.map(({ client_id }) => client_id))).toEqual(new Set([client!.client_id]));
    expect(await messages('client_id=-1')).toEqual([]);
  });

  it('with a message_id are found, whatever its characters', async () => {
    const id = `' "%\\ 🛒`;
    await query(database.url, 'UPDATE messages SET message_id = $1 WHERE id IN (3, 5)', [id]);

    const found = await messages(`message_id=${encodeURIComponent(id)}&sort=id`);
    expect(found.map((row) => [row.id, row.message_id])).toEqual([
      ['3', id],
      ['5', id],
    ]);
    expect(Object.keys(found[0]!)).toHaveLength(32);
  });

  it.each([
    ['', 'message_id'],
    ['limit=5', 'message_id'],
    ['message_id=a&client_id=1', 'client_id'],
    ['message_id=', 'message_id'],
    ['client_id=1.5', 'client_id'],
    ['client_id=9223372036854775808', 'client_id'],
  ])('need exactly one valid id: %s', async (search, parameter) => {
    const { status, errors } = await gateway.problem(`messages?${search}`, WITH_TOKEN);
    expect([status, errors!.map((error) => error.parameter)]).toEqual([400, [parameter]]);
  });

  it('have the quarantined records with their id as key', async () => {
    await query(database.url, `UPDATE quarantined_messages SET key = '4711' WHERE "offset" IN (3, 4)`);
    await query(database.url, `UPDATE quarantined_messages SET key = '47110' WHERE "offset" = 5`);
    await query(database.url, `UPDATE quarantined_messages SET key = '4711.0' WHERE "offset" = 6`);
    const rows = await walk('messages/4711/quarantine', 1);

    expect(rows.map(({ offset }) => offset).sort()).toEqual([3, 4]);
    expect(rows).toEqual((await walk('quarantine', 1000)).filter(({ offset }) => [3, 4].includes(Number(offset))));
    expect((await gateway.page('messages/9223372036854775807/quarantine', WITH_TOKEN)).data).toEqual([]);
  });

  it('have their quarantined records by an index', () =>
    withClient(database.url, async (client) => {
      const resource = RESOURCES.find(({ path }) => path === 'messages/:id/quarantine')!;
      const parameterValues = { id: '4711' };
      const order = orderOf(resource, parameterValues);
      const { text, values } = buildSelect({
        resource,
        columns: resource.columns,
        parameterValues,
        order,
        limit: 100,
        address: '',
      });
      await client.query('SET enable_seqscan = off');
      const { rows } = await client.query<Record<string, string>>(`EXPLAIN ${text}`, [...values]);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('quarantined_messages_key_hash');
    }));
});

describe('compare', () => {
  const address = (parameters: Record<string, unknown>) =>
    `compare?${new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ).toString()}`;

  it('returns the rows of the function', async () => {
    const [a, b] = [
      { channel: 'email' },
      [
        { channel: 'sms', topic: null },
        { campaign_id: 3, from: '2021-03-14' },
      ],
    ];
    const expected = await withClient(database.url, (client) =>
      martRows(client, `SELECT * FROM mart.compare('${JSON.stringify(a)}', '${JSON.stringify(b)}', 'click_rate')`),
    );
    expect((await gateway.page(address({ a, b, rate: 'click_rate' }))).data).toEqual(expected);
  });

  it('takes campaigns whose id a JSON number cannot hold as text, and names them as text', async () => {
    const [large, next] = ['9223372036854775807', '9223372036854775806'];
    await withClient(database.url, (client) =>
      insertMessages(client, [
        { campaign_id: large, channel: 'email', is_opened: true },
        { campaign_id: next, channel: 'email' },
        { campaign_id: next, channel: 'email' },
      ]),
    );
    try {
      const [a, b] = [{ campaign_id: large }, [{ campaign_id: next }, { campaign_id: '-9223372036854775808' }]];
      const answer = await gateway.get(address({ a, b }));
      expect(await new OpenApiContract(openApiDocument()).differences('/api/v1/compare', answer.clone())).toEqual([]);
      expect(((await answer.json()) as { data: JsonRow[] }).data).toMatchObject([
        { group_a: a, group_b: b[0], a_whole: 1, a_part: 1, b_whole: 2, b_part: 0 },
        { group_a: a, group_b: b[1], a_whole: 1, a_part: 1, b_whole: 0, b_part: 0 },
      ]);
    } finally {
      await query(database.url, `DELETE FROM messages WHERE campaign_id IN (${large}, ${next})`);
    }
  });

  it('requires two groups', async () => {
    const { status, errors } = await gateway.problem('compare');
    expect(status).toBe(400);
    expect(errors).toEqual([
      { parameter: 'a', detail: expect.stringMatching(/^is required: a JSON object with at least one of campaign_id/) },
      {
        parameter: 'b',
        detail: expect.stringMatching(/^is required: a JSON object .* or an array of 1 to 20 of them$/),
      },
    ]);
  });

  it('reports everything that is wrong with the groups at once', async () => {
    const a = { chanel: 'email', topic: 7, from: '2021-02-30' };
    const b = [
      { channel: 'email' },
      { campaign_id: '3', campaign_type: null },
      [],
      { from: '2021-05-02', to: '2021-05-01' },
    ];
    const { status, errors } = await gateway.problem(address({ a, b, rate: 'openrate', page: 2 }));
    expect(status).toBe(400);
    const known = 'campaign_id, campaign_type, channel, topic, from, to';
    expect(errors!.map(({ parameter, detail }) => `${parameter} ${detail}`)).toEqual([
      expect.stringMatching(/^page is unknown/),
      `a "chanel" is unknown; known are ${known}`,
      'a "topic" must be at most 255 characters without NUL, or null',
      'a "from" must be a date as YYYY-MM-DD',
      'b group 2: "campaign_id" must be a 64-bit integer, beyond 2^53 - 1 as text, or null',
      'b group 2: "campaign_type" must be one of bulk, trigger, transactional',
      `b group 3: must be a JSON object with at least one of ${known}`,
      'b group 4: "from" must not be after "to"',
      expect.stringMatching(/^rate must be one of open_rate, /),
    ]);
  });

  it.each([
    ['no JSON', '{"channel":'],
    ['an empty text', ''],
    ['an empty object', '{}'],
    ['null', 'null'],
    ['a text', '"email"'],
    ['a number', '1e999'],
    ['a prototype', '{"__proto__":1,"constructor":1}'],
    ['a NUL character', '{"topic":"\\u0000"}'],
    ['a lone surrogate', '{"topic":"\\ud800"}'],
    ['a number without an end', '{"campaign_id":1e999}'],
    ['a number that JavaScript rounds', '{"campaign_id":9007199254740993}'],
    ['half a number', '{"campaign_id":3.5}'],
    ['a number of more than 64 bits', '{"campaign_id":"9223372036854775808"}'],
    ['a long text', `{"topic":"${'x'.repeat(256)}"}`],
    ['a very long text', JSON.stringify({ topic: 'x'.repeat(4100) })],
    ['deep nesting', '['.repeat(900)],
  ])('refuses %s', async (_, text) => {
    const group = { channel: 'email' };
    for (const parameters of [
      { a: text, b: group },
      { a: group, b: text },
      { a: group, b: `[{"channel":"sms"},${text}]` },
    ]) {
      const { status, type, errors } = await gateway.problem(address(parameters));
      expect([status, type, errors!.length > 0]).toEqual([400, 'invalid-parameter', true]);
    }
  });

  it('refuses more than 20 groups', async () => {
    const group = { channel: 'email' };
    const b = (groups: number) => Array.from({ length: groups }, () => group);
    expect((await gateway.page(address({ a: group, b: b(20) }))).data).toHaveLength(20);
    for (const groups of [0, 21]) {
      const { errors } = await gateway.problem(address({ a: group, b: b(groups) }));
      expect(errors).toEqual([{ parameter: 'b', detail: `must have from 1 to 20 groups, not ${groups}` }]);
    }
  });

  it('accepts JSON in any form', async () => {
    const texts = [' { "campaign_id" : 3.0 } ', '{"campaign_id":30e-1}', '{"campaign_id":4,"campaign_id":3}'];
    for (const text of texts) {
      const { data } = await gateway.page(address({ a: text, b: [{ topic: 'Ж "\\' }, { topic: null }] }));
      expect(data.map(({ group_a, group_b }) => [group_a, group_b])).toEqual([
        [{ campaign_id: 3 }, { topic: 'Ж "\\' }],
        [{ campaign_id: 3 }, { topic: null }],
      ]);
    }
  });
});

describe('invalid requests', () => {
  const ATTEMPTS = [`' OR 1=1 --`, '1); DROP TABLE messages; --', 'email\0'];

  it.each(RESOURCES)('SQL in a parameter of /$path is only a value', async (resource) => {
    const attempts = parametersOf(resource).flatMap((parameter) =>
      ATTEMPTS.map((attempt) => ({ ...parameter, attempt })),
    );
    await inTurns(attempts, async ({ name, in: place, attempt }) => {
      const value = encodeURIComponent(attempt);
      const path = resource.path.replace(/:(\w+)/g, (_, each: string) => (each === name ? value : PATH_VALUES[each]!));
      const answer = await gateway.get(place === 'path' ? path : `${path}?${name}=${value}`, WITH_TOKEN);
      // A text parameter accepts it as a value that no row has.
      expect([200, 400, 404]).toContain(answer.status);
      if (answer.status === 200) expect(((await answer.json()) as { data: unknown }).data).toEqual([]);
    });
  });

  it('report every invalid parameter at once', async () => {
    const { type, status, errors } = await gateway.problem(
      'campaigns?limit=0&foo=1&sort=sent;&type=a&type=b&from=2021-02-30',
    );

    expect({ type, status, bad: errors?.map(({ parameter }) => parameter) }).toEqual({
      ...{ type: 'invalid-parameter', status: 400 },
      bad: ['foo', 'from', 'type', 'sort', 'limit'],
    });
  });

  it.each([
    ['POST', 'channels', 'method-not-allowed', 405],
    ['DELETE', 'nowhere', 'method-not-allowed', 405],
    ['OPTIONS', 'channels', 'method-not-allowed', 405],
    ['GET', 'nowhere', 'unknown-path', 404],
    ['GET', '/api', 'unknown-path', 404],
    ['GET', 'campaigns/bulk/%ff', 'malformed-request', 400],
    ['GET', `channels?x=${'x'.repeat(8200)}`, 'uri-too-long', 414],
  ])('%s %s is %s', async (method, path, type, status) => {
    const problem = await gateway.problem(path, {}, method);

    expect(problem).toMatchObject({ type, status });
    if (status === 405) expect(problem.headers.get('allow')).toBe('GET, HEAD');
  });

  it('a body is not read', async () => {
    const answer = await fetch(`${gateway.url}/api/v1/channels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{'.repeat(200_000),
    });

    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      405,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('outside /api errors have the default format', async () => {
    expect(await (await gateway.get('/nowhere')).json()).toMatchObject({
      statusCode: 404,
      message: 'Cannot GET /nowhere',
    });
  });
});

describe('the token', () => {
  it.each(['messages/1', 'messages/1/quarantine', 'messages?client_id=1', 'quarantine/message_data/0/1'])(
    'is required for %s',
    async (path) => {
      const without = await gateway.problem(path);
      expect(without).toMatchObject({ type: 'token-needed', status: 401 });
      expect(without.headers.get('www-authenticate')).toBe('Bearer realm="messages-pipeline"');
      const wrong = await gateway.problem(path, { authorization: `Bearer ${TOKEN}x` });
      expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    },
  );

  it('is accepted in no other place than its header, because addresses end up in logs', async () => {
    for (const name of ['token', 'access_token', 'authorization', 'api_key']) {
      expect(await gateway.problem(`messages/1?${name}=${TOKEN}`)).toMatchObject({ status: 401 });
      expect((await gateway.get(`messages/1?${name}=${TOKEN}`, WITH_TOKEN)).status).toBe(400);
    }
    const basic = `Basic ${Buffer.from(`token:${TOKEN}`).toString('base64')}`;
    expect(await gateway.problem('messages/1', { authorization: basic })).toMatchObject({ status: 401 });
    expect(await gateway.problem('messages/1', { cookie: `token=${TOKEN}` })).toMatchObject({ status: 401 });
  });
});

describe('formats', () => {
  it('CSV has a header line, the same rows, and the next page in Link', async () => {
    const { data, next } = await gateway.page('daily?limit=2');
    const csv = await gateway.get('daily?limit=2', { accept: 'text/csv' });
    const [header, ...lines] = (await csv.text()).split('\r\n');

    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.headers.get('link')).toBe(`<${next}>; rel="next"`);
    expect(csv.headers.get('vary')).toContain('Accept');
    expect(header).toBe(Object.keys(data[0]!).join(','));
    expect(lines.map((line) => line.split(',')[0])).toEqual([data[0]!.date, data[1]!.date, '']);
  });

  it('the parameter format overrides Accept and is kept in the next page', async () => {
    const csv = await gateway.get('daily?format=csv&limit=1', { accept: 'application/json' });

    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('link')).toContain('format=csv');
  });

  it.each([
    ['channels', 'image/png'],
    ['campaigns/bulk/3', 'text/csv'],
  ])('%s does not exist as %s', async (path, accept) => {
    expect(await gateway.problem(path, { accept })).toMatchObject({ type: 'not-acceptable', status: 406 });
  });
});

describe('caching', () => {
  it('304 for the same body, 200 for another', async () => {
    const first = await gateway.get('channels');
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('cache-control')).toBe('public, max-age=1');

    const same = await gateway.get('channels', { 'if-none-match': etag });
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await gateway.get('channels', { 'if-none-match': '"other"' })).status).toBe(200);
    expect((await gateway.get('channels?format=csv', { 'if-none-match': etag })).status).toBe(200);
  });

  it('HEAD has the headers of GET', async () => {
    const head = await gateway.get('channels', {}, 'HEAD');

    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('etag')).toBe((await gateway.get('channels')).headers.get('etag'));
  });

  it('the index lists every resource', async () => {
    const { data } = await gateway.page('/api/v1');

    expect(data.map(({ href }) => href)).toEqual(
      expect.arrayContaining(RESOURCES.map(({ path }) => `/api/v1/${path.replace(/:(\w+)/g, '{$1}')}`)),
    );
  });
});
