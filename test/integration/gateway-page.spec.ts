import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PAGES } from '../../apps/page/src/pages.js';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { RestGateway } from '../support/rest-gateway.js';

jest.setTimeout(60_000);

const BUILT = new URL('../../dist/apps/page/', import.meta.url);
/** Compressed script that may be loaded before a page shows its figures. */
const MAX_SCRIPT_BYTES = 170_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

let database: MartDatabase;
let gateway: RestGateway;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  gateway = await RestGateway.start(database.url);
});

afterAll(async () => {
  await gateway?.close();
  await database?.drop();
});

async function indexPage(): Promise<string> {
  return (await gateway.get('/')).text();
}

/** Scripts and styles of the index page, relative to it. */
function assetsOf(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
}

/** Bytes of the body as they are transferred, and its encoding. */
function transferred(path: string, encoding = 'gzip'): Promise<{ bytes: number; encoding: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(`${gateway.url}/${path}`, { headers: { 'accept-encoding': encoding } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve({ bytes, encoding: response.headers['content-encoding'] }));
    }).on('error', reject);
  });
}

describe('the live page, as the gateway serves it', () => {
  it.each(PAGES)('is at /$name', async ({ name }) => {
    const response = await gateway.get(`/${name}`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toBe(await indexPage());
  });

  it('allows no inline script, no evaluated text and no other host', async () => {
    const policy = (await gateway.get('/')).headers.get('content-security-policy') ?? '';
    const directives = new Map(policy.split(';').map((each) => [each.trim().split(' ')[0], each.trim()] as const));

    const scripts = directives.get('script-src') ?? directives.get('default-src');
    expect(scripts).toMatch(/^\S+ 'self'$/);
    expect(directives.get('connect-src') ?? directives.get('default-src')).toMatch(/^\S+ 'self'$/);
    expect(directives.get('object-src')).toBe("object-src 'none'");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
    expect(await indexPage()).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|javascript:/i);
  });

  it('has relative addresses only, so that it works below a path prefix', async () => {
    const addresses = [...(await indexPage()).matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);

    expect(addresses.length).toBeGreaterThan(2);
    expect(addresses.filter((address) => !address.startsWith('./'))).toEqual([]);
  });

  it('has compressed assets that browsers keep for ever', async () => {
    const assets = assetsOf(await indexPage());
    expect(assets.some((path) => path.endsWith('.js'))).toBe(true);
    expect(assets.some((path) => path.endsWith('.css'))).toBe(true);
    for (const path of assets) {
      const response = await gateway.get(`/${path}`);
      expect([path, response.status, response.headers.get('cache-control')]).toEqual([
        ...[path, 200, 'public, max-age=31536000, immutable'],
      ]);
      expect((await transferred(path, 'br, gzip')).encoding).toMatch(/^(br|gzip)$/);
      expect((await transferred(path, 'identity')).encoding).toBeUndefined();
    }
  });

  it('does not let browsers keep files without a hash in their name', async () => {
    for (const path of ['/icon.svg', '/licenses.md', '/index.html']) {
      const response = await gateway.get(path);
      expect([path, response.status, response.headers.get('cache-control')]).toEqual([path, 200, 'no-cache']);
    }
  });

  it.each(['/overvieww', '/overview/x', '/assets/', '/assets/none.js', '/%2e%2e/package.json', '/.vite/manifest.json'])(
    'has nothing at %s',
    async (path) => {
      const response = await gateway.get(path);

      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control') ?? '').not.toMatch(/immutable/);
      expect(await response.text()).not.toMatch(/<div id="page">/);
    },
  );

  it.each([
    ['/overview/', '../overview'],
    ['/campaign/?type=bulk&id=1', '../campaign?type=bulk&id=1'],
  ])('leads from %s, where relative addresses are wrong, to %s', async (path, location) => {
    const response = await fetch(gateway.url + path, { redirect: 'manual' });

    expect([response.status, response.headers.get('location')]).toEqual([308, location]);
    expect((await gateway.get(path)).status).toBe(200);
  });

  it('leaves the other addresses of the gateway as they are', async () => {
    expect((await gateway.get('/livez')).status).toBe(200);
    expect((await gateway.get('/openapi.json')).status).toBe(200);
    expect((await gateway.get('/docs')).headers.get('content-type')).toMatch(/^text\/html/);
    expect(await gateway.problem('nothing')).toMatchObject({ type: 'unknown-path' });
    expect((await gateway.get('/overview', {}, 'POST')).status).toBe(405);
  });
});

describe('the script of the live page', () => {
  it.each(['flow', 'overview'])('takes at most 170 KB before %s is complete', async (page) => {
    const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', BUILT), 'utf8')) as Record<string, Chunk>;
    const files = new Set<string>();
    const add = (name: string, isPage: boolean): void => {
      const { file, imports = [], dynamicImports = [] } = manifest[name]!;
      if (files.has(file)) return;
      if (file.endsWith('.js')) files.add(file);
      for (const each of imports) add(each, isPage);
      // What the frame loads later is the other pages; what a page loads later, for example charts, is seen at once.
      if (isPage) for (const each of dynamicImports) add(each, isPage);
    };
    const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry)!;
    add(entry, false);
    add(`src/pages/${page}/${page}.tsx`, true);
    const worker = /stream-worker-[\w-]+\.js/.exec(await readFile(new URL(manifest[entry]!.file, BUILT), 'utf8'));
    files.add(`assets/${worker![0]}`);

    expect([...files].every((file) => existsSync(new URL(file, BUILT)))).toBe(true);
    const sizes = await Promise.all([...files].map(async (file) => ({ file, bytes: (await transferred(file)).bytes })));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > MAX_SCRIPT_BYTES) throw new Error(`${total} bytes: ${JSON.stringify(sizes)}`);
    expect(sizes.length).toBeGreaterThan(2);
  });
});

describe('a gateway without a built page', () => {
  it('has no page, and everything else', async () => {
    jest.resetModules();
    jest.unstable_mockModule('../../apps/gateway/src/page/built-page.js', () => ({
      PAGE_FILES: [],
      PAGE_FOLDER: '/folder/that/does/not/exist',
      pageNames: () => [],
    }));
    const { RestGateway: WithoutPage } = await import('../support/rest-gateway.js');
    const without = await WithoutPage.start(database.url);
    try {
      expect((await without.get('/')).status).toBe(404);
      expect((await without.get('/overview')).status).toBe(404);
      expect((await without.get('/livez')).status).toBe(200);
      await without.ready();
    } finally {
      await without.close();
    }
  });
});
