import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openApiDocument } from '../../apps/gateway/src/openapi/openapi-document.js';
import { TestApp } from '../support/test-app.js';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { OpenApiContract } from '../support/openapi-contract.js';

jest.setTimeout(60_000);

const contract = new OpenApiContract(openApiDocument());

describe('the rate limit', () => {
  let database: MartDatabase;
  let gateway: TestApp | undefined;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
  });

  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
  });

  afterAll(() => database?.drop());

  async function start(env: Record<string, string>) {
    gateway = new TestApp('gateway', {
      env: { DATABASE_URL: database.url, KAFKA_BROKERS: process.env.KAFKA_BROKERS, ...env },
    });
    const { url } = await gateway.listening();
    return (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
  }

  it('is shared by all paths below /api and does not apply to probes', async () => {
    const get = await start({ GATEWAY_RATE_LIMIT: '2' });
    const first = await get('/api/v1');
    expect(['limit', 'remaining'].map((name) => first.headers.get(`ratelimit-${name}`))).toEqual(['2', '1']);
    expect((await get('/API/v1')).status).toBe(200);

    const refused = await get('/api/v1/channels', { 'x-forwarded-for': '10.0.0.9' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(['limit', 'remaining'].map((name) => refused.headers.get(`ratelimit-${name}`))).toEqual(['2', '0']);
    expect(refused.headers.get('ratelimit-reset')).toBe(refused.headers.get('retry-after'));
    expect(await refused.clone().json()).toMatchObject({ type: 'urn:messages-pipeline:problem:too-many-requests' });
    expect(await contract.differences('/api/v1/channels', refused)).toEqual([]);
    for (const path of ['/livez', '/metrics', '/health']) {
      for (let i = 0; i < 3; i++) expect((await get(path)).status).not.toBe(429);
    }
  });

  it('allows a page that loads 40 answers at once, then sends ten requests a second for two minutes', async () => {
    const get = await start({});
    const seen = new Set<number>();
    for (let page = 0; page < 31; page++) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => get('/api/v1')));
      for (const { status } of answers) seen.add(status);
    }

    expect([...seen]).toEqual([200]);
  });

  it('applies to every form of a path that matches a route', async () => {
    await start({ GATEWAY_RATE_LIMIT: '1' });
    const { hostname, port } = new URL(gateway!.url);
    /** The status line for a request target that fetch would normalize. */
    const statusOf = (target: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname, () =>
          socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        );
        let text = '';
        socket.on('data', (chunk) => (text += String(chunk)));
        socket.on('error', reject);
        socket.on('close', () => resolve(text.split('\r\n')[0]!));
      });

    expect(await statusOf('http://x/api/v1')).toBe('HTTP/1.1 200 OK');
    expect(await statusOf('http://x/api/v1')).toBe('HTTP/1.1 429 Too Many Requests');
    expect(await statusOf('/api\\v1#')).toMatch(/ (429|404) /);
    expect(await statusOf('/API/V1/')).toMatch(/ 429 /);
  });

  it('is per client behind a trusted proxy, for IPv6 per /64 network', async () => {
    const get = await start({ GATEWAY_RATE_LIMIT: '1', GATEWAY_TRUSTED_PROXIES: '1' });
    const statusFor = async (client: string) => (await get('/api/v1', { 'x-forwarded-for': client })).status;

    expect(await statusFor('10.0.0.1')).toBe(200);
    expect(await statusFor('10.0.0.2')).toBe(200);
    expect(await statusFor('10.0.0.1')).toBe(429);
    expect(await statusFor('2001:db8:0:1::1')).toBe(200);
    expect(await statusFor('2001:db8:0:1::2')).toBe(429);
    expect(await statusFor('2001:db8:0:2::1')).toBe(200);
  });
});
