import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { PAGE_FILES, pageNames } from '../../apps/gateway/src/page/built-page.js';
import { parametersOf } from '../../apps/gateway/src/rest/parameters/list-parameters.js';
import { PROBLEMS } from '../../apps/gateway/src/problems/problems.js';
import { examplePath } from '../../apps/gateway/src/rest/resources/example-path.js';
import { RESOURCES } from '../../apps/gateway/src/rest/resources/resources.js';
import { OPENAPI_FILE, openApiDocument, openApiJson } from '../../apps/gateway/src/openapi/openapi-document.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { fillMart } from '../support/random-mart.js';
import { RestGateway, TOKEN, WITH_TOKEN, withParameter, type JsonRow } from '../support/rest-gateway.js';

jest.setTimeout(60_000);

let database: MartDatabase;
let gateway: RestGateway;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, async (client) => {
    await fillMart(client, 500, 2);
    await client.query(`UPDATE quarantined_messages SET value = 'no JSON' WHERE "offset" = 1`);
  });
  gateway = await RestGateway.start(database.url, { GATEWAY_API_TOKEN: TOKEN });
  await gateway.ready();
});

afterAll(async () => {
  await gateway?.close();
  await database?.drop();
});

const document = openApiDocument();
const contract = new OpenApiContract(document);
/** Covered by gateway-health.spec.ts: an event stream does not end. */
const PIPELINE = /^\/api\/v1\/pipeline/;
const operations = Object.keys(document.paths).filter((path) => path.startsWith('/api/') && !PIPELINE.test(path));

/** Parameters of records in the data of the test. */
const PATHS: Readonly<Record<string, string>> = {
  '/api/v1/campaigns/{type}/{id}': '/api/v1/campaigns/bulk/3',
  '/api/v1/campaigns/{type}/{id}/audience': '/api/v1/campaigns/bulk/3/audience',
  '/api/v1/campaigns/{type}/{id}/place': '/api/v1/campaigns/bulk/3/place',
  '/api/v1/quarantine/{topic}/{partition}/{offset}': '/api/v1/quarantine/message_data/0/1',
  '/api/v1/messages/{id}': '/api/v1/messages/1',
  '/api/v1/messages/{id}/quarantine': '/api/v1/messages/1/quarantine',
};

/** Resources with values that change over time. */
const AGES = new Set(['/api/v1/quality', '/api/v1/freshness']);

/** With the parameters that a resource requires. */
const QUERIES = new Map(
  RESOURCES.map((resource): [string, string] => [`/api/v1/${resource.path}`, `/api/v1/${examplePath(resource)}`]),
);

const addressOf = (path: string) => PATHS[path] ?? QUERIES.get(path) ?? path;

/** How to provoke a declared error. Outages and limits have their own specs. */
const PROVOKED: Readonly<Record<number, (path: string) => Promise<Response>>> = {
  400: (path) => gateway.get(withParameter(addressOf(path), 'nope=1'), WITH_TOKEN),
  401: (path) => gateway.get(addressOf(path)),
  404: (path) => gateway.get(addressOf(path).replace(/\/\d+(?=$|\/(audience|place)$)/, '/123456789'), WITH_TOKEN),
  406: (path) => gateway.get(addressOf(path), { ...WITH_TOKEN, accept: 'image/png' }),
  414: (path) => gateway.get(withParameter(addressOf(path), `x=${'x'.repeat(9000)}`), WITH_TOKEN),
};

describe('the OpenAPI document', () => {
  it(`is ${OPENAPI_FILE}; if not, run \`npm run docs\``, async () => {
    expect((await readFile(OPENAPI_FILE, 'utf8')) === openApiJson()).toBe(true);
  });

  it('is served unchanged', async () => {
    expect(await (await gateway.get('/openapi.json')).json()).toEqual(document);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(openApiJson()) as Record<string, unknown>);

    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.1' });
  });

  it('gives generators of clients the size of each integer, no constant and the default of security', () => {
    const integers: Record<string, unknown>[] = [];
    const constants: unknown[] = [];
    JSON.stringify(document, (_, value: unknown) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const schema = value as Record<string, unknown>;
        if (JSON.stringify(schema.type)?.includes('"integer"')) integers.push(schema);
        if ('const' in schema) constants.push(schema);
      }
      return value;
    });

    expect(integers.length).toBeGreaterThan(500);
    const isRight = ({ format, maximum }: Record<string, unknown>) =>
      format === 'int32' || (format === 'int64' && !(Number(maximum) < 2 ** 31));
    expect(integers.filter((schema) => !isRight(schema))).toEqual([]);
    expect(constants).toEqual([]);
    expect(document.security).toEqual([]);
  });

  it('has examples that match its schemas', () => {
    expect(contract.wrongExamples()).toEqual([]);
  });

  it('has exactly the routes of the gateway', () => {
    const { router } = gateway.app.getHttpAdapter().getInstance() as {
      router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
    };
    const routes = router.stack
      .flatMap(({ route }) => (route?.methods.get ? [route.path.replace(/:(\w+)/g, '{$1}')] : []))
      .filter((path) => !path.startsWith('/docs'));

    const ofPage = [...pageNames(), ...PAGE_FILES].map((name) => `/${name}`);
    const ofApi = routes.filter((path) => !ofPage.includes(path));
    expect([...new Set(ofApi)].sort()).toEqual(Object.keys(document.paths).sort());
  });

  it('has a page that loads nothing from other hosts', async () => {
    const page = await gateway.get('/docs');
    const html = await page.text();
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(sources.length).toBeGreaterThan(3);
    // The content security policy blocks inline scripts.
    expect(html).not.toMatch(/<script(?![^>]*src=)[^>]*>/);
    for (const source of sources) {
      expect([source, (await fetch(new URL(source, `${gateway.url}/docs`))).status]).toEqual([source, 200]);
      expect(source).toMatch(/^\.?\//);
    }
  });
});

describe('its extensions', () => {
  interface Rate {
    readonly numerator: string;
    readonly denominator: string;
  }

  interface SchemaPart {
    readonly $ref?: string;
    readonly items?: SchemaPart;
    readonly properties?: Readonly<Record<string, SchemaPart>>;
    readonly 'x-rate'?: Rate;
  }

  const resolved = (schema: SchemaPart): SchemaPart =>
    schema.$ref === undefined
      ? schema
      : (document.components.schemas[schema.$ref.replace('#/components/schemas/', '')] as SchemaPart);

  /** Rates of a resource: name, numerator, denominator. */
  const ratesOf = ({ path }: (typeof RESOURCES)[number]) => {
    const { content } = contract.operation(`/api/v1/${path.replace(/:(\w+)/g, '{$1}')}`).responses[
      '200'
    ] as unknown as {
      content: Record<string, { schema: SchemaPart }>;
    };
    const { data } = resolved(content['application/json']!.schema).properties!;
    const properties = resolved(data!.items ?? data!).properties!;
    return Object.entries(properties).flatMap(([column, { 'x-rate': rate }]) => (rate ? [{ column, ...rate }] : []));
  };

  it.each(RESOURCES.filter((resource) => ratesOf(resource).length > 0))(
    'name the columns that the rates of /$path divide',
    async (resource) => {
      const answer = await gateway.get(addressOf(`/api/v1/${resource.path.replace(/:(\w+)/g, '{$1}')}`), WITH_TOKEN);
      const { data } = (await answer.json()) as { data: JsonRow | JsonRow[] };
      for (const row of [data].flat()) {
        for (const { column, numerator, denominator } of ratesOf(resource)) {
          const [part, whole] = [row[numerator], row[denominator]] as [number, number];
          const rate = whole === 0 || part === null || whole === null ? null : part / whole;
          if (rate === null) expect([column, row[column]]).toEqual([column, null]);
          else expect(Math.abs((row[column] as number) - rate)).toBeLessThan(0.000001);
        }
      }
    },
  );

  it('cover every rate, but those whose parts are not all in the row', () => {
    const left = RESOURCES.flatMap((resource) => {
      const declared = ratesOf(resource).map(({ column }) => column);
      const rates = resource.columns.filter(({ name }) => /(^|_)(rate|share)(_\w+)?$|_per_sent$|_of_total$/.test(name));
      return rates
        .map(({ name }) => name)
        .filter((name) => !/_(low|high|lift|difference|is_clear)$/.test(name) && !declared.includes(name));
    });

    expect([...new Set(left)].sort()).toEqual([
      'later_open_rate',
      'later_open_rate_delivered',
      'our_rate',
      'purchase_to_click_rate',
      'rate_name',
      'share_of_clicks',
      'share_of_clients',
      'share_of_complaints',
      'share_of_emails',
      'share_of_opens',
      'share_of_unsubscribes',
      'within_share',
    ]);
  });

  it('mark what reads the rows of messages', () => {
    const slow = Object.entries(document.paths).flatMap(([path, { get }]) => (get['x-slow'] ? [path] : []));
    expect(slow.map((path) => path.replace('/api/v1/', ''))).toEqual(
      RESOURCES.filter(({ isSlow }) => isSlow({})).map(({ path }) => path.replace(/:(\w+)/g, '{$1}')),
    );
    expect(contract.operation('/api/v1/quality')['x-slow-if']).toEqual({
      check: ['duplicate message_id', 'sent after unsubscribe'],
    });
  });
});

describe('docs/rest.md', () => {
  /** Rows of its tables, without alignment. */
  const rowsOf = async () =>
    (await readFile('docs/rest.md', 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.replaceAll(/ +/g, ' '));

  it('lists every resource with its source and parameters', async () => {
    const expected = RESOURCES.map((resource) => {
      const { path, from, summary, isSlow } = resource;
      const relation = 'relation' in from ? from.relation : `${from.function}()`;
      // campaign_pace is read in a subquery, which only writes its figures in another form.
      const view = /\bmart\.\w+(?:\(\))?(?=(?:\n\))?$)/.exec(relation)?.[0];
      const reads = view === undefined ? 'tables' : `\`${view}\``;
      const own = parametersOf(resource).filter(
        ({ name }) => !['sort', 'limit', 'cursor', 'columns', 'format'].includes(name),
      );
      const names = own.filter((parameter) => parameter.in === 'query').map(({ name }) => `\`${name}\``);
      const template = path.replace(/:(\w+)/g, '{$1}');
      return `| \`/${template}\` | ${summary}${isSlow({}) ? ' (slow)' : ''} | ${reads} | ${names.join(', ')} |`;
    });

    expect(await rowsOf()).toEqual(expect.arrayContaining(expected.map((line) => line.replaceAll(/ +/g, ' '))));
  });

  it('lists every problem', async () => {
    const expected = Object.entries(PROBLEMS).map(
      ([name, { status, title }]) => `| \`${name}\` | ${status} | ${title} |`,
    );

    expect(await rowsOf()).toEqual(
      expect.arrayContaining(expected.map((line) => expect.stringContaining(line.slice(0, -2)))),
    );
  });
});

describe('answers', () => {
  it.each(operations)('%s is as documented', async (path) => {
    const answer = await gateway.get(addressOf(path), WITH_TOKEN);
    expect(answer.status).toBe(200);
    const etag = answer.headers.get('etag')!;
    expect(await contract.differences(path, answer)).toEqual([]);

    if ('304' in contract.operation(path).responses) {
      const unchanged = await gateway.get(addressOf(path), { 'if-none-match': etag });
      if (!AGES.has(path)) expect(unchanged.status).toBe(304);
      expect(await contract.differences(path, unchanged)).toEqual([]);
    }
  });

  it.each(operations)('%s in CSV is as documented', async (path) => {
    const answer = await gateway.get(addressOf(path), { ...WITH_TOKEN, accept: 'text/csv, application/json;q=0.5' });

    expect(answer.status).toBe(200);
    expect(await contract.differences(path, answer)).toEqual([]);
  });

  const errors = operations.flatMap((path) =>
    Object.keys(contract.operation(path).responses)
      .filter((status) => status in PROVOKED)
      .map((status): [string, number] => [path, Number(status)]),
  );

  it.each(errors)('%s, error %i is as documented', async (path, status) => {
    const answer = await PROVOKED[status]!(path);

    expect(answer.status).toBe(status);
    expect(await contract.differences(path, answer)).toEqual([]);
  });

  it.each(['/livez', '/readyz', '/healthz', '/health', '/metrics', '/openapi.json', '/api/v1/pipeline'])(
    '%s is as documented',
    async (path) => {
      expect(await contract.differences(path, await gateway.get(path))).toEqual([]);
    },
  );
});
