import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

const TOKEN = 'a-token-of-the-tests';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let database: MartDatabase;
let gateway: TestApp;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, (client) => fillMart(client, 800, 1));
  gateway = new TestApp('gateway', {
    env: {
      ...{ DATABASE_URL: database.url, KAFKA_BROKERS: process.env.KAFKA_BROKERS, LOG_FORMAT: 'json' },
      ...{ GATEWAY_ACCESS_LOG: 'true', GATEWAY_API_TOKEN: TOKEN, GATEWAY_BASE_PATH: '/messages' },
    },
  });
  await gateway.ready();
  await gateway.waitUntil('the gateway reads the mart', async () => (await ask('/api/v1/campaigns')).status === 200);
});

afterAll(async () => {
  await gateway?.stop();
  await database?.drop();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function open(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  const asked = request(gateway.url + path, { headers, method, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

/** Unlike fetch, it sends no header of its own and leaves the body compressed. */
async function ask(path: string, headers?: Record<string, string>, method?: string): Promise<Answer> {
  const response = await open(path, headers, method);
  const chunks = (await response.toArray()) as Buffer[];
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync };
const BROWSER = { 'accept-encoding': 'gzip, deflate, br, zstd' };

describe('compression', () => {
  it.each([
    ['JSON', '/api/v1/campaigns?limit=1000'],
    ['CSV', '/api/v1/campaigns?limit=1000&format=csv'],
    ['the OpenAPI document', '/openapi.json'],
    ['the page', '/licenses.md'],
  ])('%s is the same in gzip, Brotli and plain', async (_what, path) => {
    const plain = await ask(path);
    expect([plain.status, plain.headers['content-encoding']]).toEqual([200, undefined]);
    expect(plain.headers.vary).toMatch(/\bAccept-Encoding\b/);
    for (const encoding of ['gzip', 'br'] as const) {
      const { status, headers, body } = await ask(path, { 'accept-encoding': encoding });
      expect([status, headers['content-encoding'], headers['content-length']]).toEqual([200, encoding, undefined]);
      expect(headers.vary).toBe(plain.headers.vary);
      expect(headers.etag).toBe(plain.headers.etag);
      expect(body.length).toBeLessThan(plain.body.length / 2);
      expect(DECODERS[encoding](body).equals(plain.body)).toBe(true);
    }
    expect((await ask(path, BROWSER)).headers['content-encoding']).toBe('br');
    expect((await ask(path, { 'accept-encoding': 'br;q=0, gzip;q=0' })).headers['content-encoding']).toBeUndefined();
  });

  it('makes the metrics smaller', async () => {
    const { headers, body } = await ask('/metrics', { 'accept-encoding': 'gzip' });

    expect(headers['content-encoding']).toBe('gzip');
    expect(String(gunzipSync(body))).toContain('process_cpu_seconds_total');
  });

  it('leaves small bodies as they are', async () => {
    for (const path of ['/livez', '/api/v1/campaigns?limit=1&columns=campaign_id', '/api/v1/nowhere']) {
      const { headers, body } = await ask(path, BROWSER);
      expect([headers['content-encoding'], Number(headers['content-length'])]).toEqual([undefined, body.length]);
      expect(headers.vary).toMatch(/\bAccept-Encoding\b/);
    }
  });

  it('keeps 304, with the same ETag and Vary, whichever form the client has', async () => {
    const asset = /assets\/[^"]+\.js/.exec(String((await ask('/')).body))?.[0];
    for (const path of ['/api/v1/campaigns?limit=1000', `/${asset}`]) {
      const { etag = '', vary } = (await ask(path, BROWSER)).headers;
      expect(etag).toMatch(/^W\/"/);
      for (const tag of [etag, etag.replace('W/', '')]) {
        for (const headers of [BROWSER, undefined]) {
          const { status, body, ...same } = await ask(path, { ...headers, 'if-none-match': tag });
          expect([path, status, body.length, same.headers['content-encoding']]).toEqual([path, 304, 0, undefined]);
          expect([same.headers.etag, same.headers.vary]).toEqual([etag, vary]);
        }
      }
    }
  });

  it('answers HEAD without a body, and with no length that GET does not have', async () => {
    const path = '/api/v1/campaigns?limit=1000';
    const [plain, head, compressed] = [await ask(path), await ask(path, {}, 'HEAD'), await ask(path, BROWSER, 'HEAD')];

    expect([head.status, head.body.length, compressed.status, compressed.body.length]).toEqual([200, 0, 200, 0]);
    expect(Number(head.headers['content-length'])).toBe(plain.body.length);
    expect(compressed.headers['content-length']).toBeUndefined();
    expect([compressed.headers.etag, compressed.headers.vary]).toEqual([plain.headers.etag, plain.headers.vary]);
  });

  it('never holds back an event', async () => {
    const response = await open('/api/v1/pipeline/events', BROWSER);
    try {
      expect(response.headers['content-encoding']).toBeUndefined();
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) {
        text += String(chunk);
        // The first two come at once, the third with the next heartbeat: none waits for a full buffer.
        if (text.split('\n\n').length > 3) break;
      }
      expect(text).toMatch(/^event: history\n.*\n\nevent: pipeline\n.*\n\nevent: pipeline\n/s);
    } finally {
      response.destroy();
    }
  });
});

describe('the request id', () => {
  it.each([
    ['an answer', '/api/v1/campaigns', 200],
    ['a path that does not exist', '/api/v1/nowhere', 404],
    ['a path outside the API that does not exist', '/assets/none.js', 404],
    ['a missing token', '/api/v1/messages/1', 401],
    ['a probe', '/livez', 200],
    ['the page', '/overview', 200],
    ['a redirect', '/messages', 308],
    ['the OpenAPI page', '/docs', 200],
  ])('of the client is in %s', async (_what, path, status) => {
    const { headers, ...answer } = await ask(path, { 'x-request-id': 'Checkout_1.2-3' });

    expect([answer.status, headers['x-request-id']]).toEqual([status, 'Checkout_1.2-3']);
  });

  it.each([undefined, '', 'a b', 'a\tb', 'x"}', 'ü', 'a'.repeat(129), 'one, two'])('%j gets a new one', async (id) => {
    const { headers } = await ask('/api/v1', id === undefined ? {} : { 'x-request-id': id });

    expect(headers['x-request-id']).toMatch(UUID);
  });

  it('is in problems', async () => {
    for (const [path, method] of [['/api/v1/nowhere'], ['/api/v1', 'POST'], ['/api/v1/campaigns?limit=0']] as const) {
      const { headers, body } = await ask(path, {}, method);
      expect(JSON.parse(String(body))).toMatchObject({ request_id: headers['x-request-id'] });
    }
  });
});

describe('the access log', () => {
  /** The record of one request. Other output of the app is in lines of their own. */
  function logged(id: string): Promise<Record<string, unknown>> {
    return gateway.waitUntil(`the log has request ${id}`, () => {
      const lines = gateway.output.split('\n').filter((line) => line.includes(`"request_id":"${id}"`));
      expect(lines.length).toBeLessThanOrEqual(1);
      return lines[0] === undefined ? undefined : (JSON.parse(lines[0]) as Record<string, unknown>);
    });
  }

  it('has one line for each request, without its query and token', async () => {
    const secrets = { authorization: `Bearer ${TOKEN}`, 'x-request-id': 'logged-1' };
    const { status, body } = await ask(`/messages/api/v1/campaigns?search=${TOKEN}`, secrets);

    const record = await logged('logged-1');
    expect(record).toMatchObject({ context: 'Access', service: 'gateway', message: 'Request' });
    expect(record).toMatchObject({ method: 'GET', path: '/messages/api/v1/campaigns', status, client: '127.0.0.1' });
    expect(record.duration_ms).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(body.length);
    expect(record.bytes).toBeLessThan(body.length + 2000);
    expect(record).not.toHaveProperty('aborted');
    expect(gateway.output).not.toContain(TOKEN);
  });

  it('has refused requests, and streams when they end', async () => {
    const { status } = await ask('/api/v1/nowhere', { 'x-request-id': 'logged-2' });
    expect(await logged('logged-2')).toMatchObject({ path: '/api/v1/nowhere', status });

    const stream = await open('/api/v1/pipeline/events', { 'x-request-id': 'logged-3' });
    await once(stream, 'readable');
    stream.destroy();
    expect(await logged('logged-3')).toMatchObject({ path: '/api/v1/pipeline/events', status: 200, aborted: true });
  });

  it('has no probes and no files of the page', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/health', '/messages/livez', '/assets/none.js']) {
      await ask(path, { 'x-request-id': 'quiet' });
    }
    await ask('/api/v1', { 'x-request-id': 'logged-4' });
    await logged('logged-4');

    expect(gateway.output).not.toContain('quiet');
  });
});
