import { createServer, request as send, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pageNames } from '../../apps/gateway/src/page/built-page.js';
import { close, listen, originOf } from '../support/http-server.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { RestGateway, TOKEN, WITH_TOKEN, type Page } from '../support/rest-gateway.js';

jest.setTimeout(60_000);

const PREFIX = '/team-a/messages';

let database: MartDatabase;
let gateway: RestGateway;
let proxies: Record<'stripping' | 'keeping', Proxy>;

/** A reverse proxy for the paths below the prefix, and nothing else. */
class Proxy {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string, strips: boolean): Promise<Proxy> {
    const server = createServer((incoming, outgoing) => {
      const path = incoming.url ?? '';
      if (!path.startsWith(PREFIX)) {
        outgoing.writeHead(502).end(`${path} is not below ${PREFIX}`);
        return;
      }
      const url = new URL(target);
      const { method, headers } = incoming;
      const passed = strips ? path.slice(PREFIX.length) : path;
      const request = send({ host: url.hostname, port: url.port, method, headers, path: passed }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      request.on('error', () => outgoing.destroy());
      incoming.pipe(request);
    });
    await listen(server);
    return new Proxy(server, originOf(server));
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers, redirect: 'manual' });
  }

  async json<T>(path: string): Promise<T> {
    const answer = await this.get(path, WITH_TOKEN);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  close(): Promise<void> {
    return close(this.server);
  }
}

interface Link {
  readonly href: string;
  readonly needs_token: boolean;
}

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, (client) => fillMart(client, 300, 4));
  gateway = await RestGateway.start(database.url, { GATEWAY_API_TOKEN: TOKEN, GATEWAY_BASE_PATH: `${PREFIX}/` });
  await gateway.ready();
  proxies = {
    stripping: await Proxy.start(gateway.url, true),
    keeping: await Proxy.start(gateway.url, false),
  };
});

afterAll(async () => {
  await Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.close()));
  await gateway?.close();
  await database?.drop();
});

describe.each(['stripping', 'keeping'] as const)('behind a proxy that is %s the path', (kind) => {
  it('every link of the index leads to its resource', async () => {
    const index = await proxies[kind].json<Record<string, string> & { data: Link[] }>(`${PREFIX}/api/v1`);
    const open = index.data.filter(({ needs_token }) => !needs_token).map(({ href }) => href);
    const links = open.filter((href) => !/[{]|\/compare$|events$/.test(href));

    expect(links).toContain(`${PREFIX}/api/v1/channels`);
    for (const link of [...links, index.documentation!, index.openapi!]) {
      expect([link, (await proxies[kind].get(link)).status]).toEqual([link, 200]);
    }
  });

  it('pages follow each other by next and Link', async () => {
    const first = await proxies[kind].get(`${PREFIX}/api/v1/campaigns?limit=5`);
    const rows = [];
    const { next, data } = (await first.json()) as Page;
    expect(first.headers.get('link')).toBe(`<${next}>; rel="next"`);
    rows.push(...data);
    for (let address = next; address !== null;) {
      const page: Page = await proxies[kind].json(address);
      rows.push(...page.data);
      address = page.next;
    }
    expect(rows).toEqual((await gateway.page('campaigns?limit=1000')).data);
  });

  it('the OpenAPI document names the server, and its page loads everything', async () => {
    const { servers } = await proxies[kind].json<{ servers: { url: string }[] }>(`${PREFIX}/openapi.json`);
    expect(servers).toEqual([{ url: PREFIX }]);
    expect((await proxies[kind].get(`${servers[0]!.url}/api/v1/channels`)).status).toBe(200);

    for (const address of [`${PREFIX}/docs`, `${PREFIX}/docs/`]) {
      const html = await (await proxies[kind].get(address)).text();
      const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
      expect(sources.length).toBeGreaterThan(3);
      for (const source of sources) {
        const { pathname } = new URL(source, proxies[kind].url + address);
        expect([pathname, (await proxies[kind].get(pathname)).status]).toEqual([pathname, 200]);
      }
    }
  });

  it('the live page loads its files', async () => {
    for (const name of pageNames()) {
      const address = `${PREFIX}/${name}`;
      const html = await (await proxies[kind].get(address)).text();
      const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
      expect(sources.length).toBeGreaterThan(1);
      for (const source of sources) {
        const { pathname } = new URL(source, proxies[kind].url + address);
        expect([pathname, (await proxies[kind].get(pathname)).status]).toEqual([pathname, 200]);
      }
    }
  });

  it('errors name the path that the client sees', async () => {
    const answer = await proxies[kind].get(`${PREFIX}/api/v1/nowhere?x=1`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({
        instance: `${PREFIX}/api/v1/nowhere`,
        detail: `${PREFIX}/api/v1/nowhere does not exist. GET ${PREFIX}/api/v1 lists all resources.`,
      }),
    ]);
    expect((await proxies[kind].get(`${PREFIX}/api/v1/messages/1`)).status).toBe(401);
    expect((await proxies[kind].get(`${PREFIX}/api/v1/messages/1`, WITH_TOKEN)).status).toBe(200);
  });
});

describe('the base path', () => {
  it('gets its slash, and keeps the query', async () => {
    for (const [address, location] of [
      [PREFIX, `${PREFIX}/`],
      [`${PREFIX}?wall`, `${PREFIX}/?wall`],
    ]) {
      const answer = await proxies.keeping.get(address!);
      expect([answer.status, answer.headers.get('location')]).toEqual([308, location]);
    }
  });

  it('leaves everything at the root too, for probes and Prometheus', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/health', '/api/v1/channels', '/openapi.json']) {
      for (const address of [path, PREFIX + path]) {
        expect([address, (await gateway.get(address)).status]).not.toEqual([address, 404]);
      }
    }
  });

  it('is not a prefix of other names, and is removed once', async () => {
    for (const path of [`${PREFIX}x/api/v1/channels`, `${PREFIX}${PREFIX}/api/v1/channels`, `/x${PREFIX}/livez`]) {
      expect([path, (await gateway.get(path)).status]).toEqual([path, 404]);
    }
  });

  it('is found in a request with an absolute address', async () => {
    const { port } = new URL(gateway.url);
    const path = `http://messages.example.com${PREFIX}/api/v1/channels`;
    const status = await new Promise((resolve, reject) => {
      send({ host: '127.0.0.1', port, path }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});
