import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLimitedServer } from '#platform/http/limited-server.js';
import type { AppName } from '../../dev/run/app-process.js';
import { Apps } from '../../dev/run/apps.js';
import { choosePort } from '../../dev/services/ports.js';
import { close, listen, originOf } from '../support/http-server.js';
import { listeningAddresses } from '../support/listening-sockets.js';
import { TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

const LIMITS = { headerMs: 300, requestMs: 600, readMs: 300, checkMs: 50, connections: 10 };

describe('a slow client', () => {
  let server: Server;
  const sockets: Socket[] = [];

  /** Larger than what the system keeps for a client that does not read. */
  const LARGE = Buffer.alloc(32 * 1024 * 1024);

  beforeAll(async () => {
    server = createLimitedServer((incoming, response) => {
      if (incoming.url === '/late') setTimeout(() => response.end('late'), 4 * LIMITS.readMs);
      else if (incoming.url === '/large') response.end(LARGE);
      else if (incoming.url === '/pieces') Readable.from([LARGE, LARGE]).pipe(response);
      else response.end('ok');
    }, LIMITS);
    await listen(server);
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  afterAll(() => close(server));

  async function open(text = ''): Promise<Socket> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    if (text !== '') socket.write(text);
    return socket;
  }

  /** Everything that the server sends until it closes the connection. */
  async function answerOf(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    await once(socket, 'close');
    return text;
  }

  it.each([
    ['nothing', ''],
    ['half a header', 'GET /livez HTTP/1.1\r\nHost: a\r\nX-Half:'],
    ['a header and half of the body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf'],
  ])('that sends %s is cut off, and others are answered meanwhile', async (_what, text) => {
    const socket = await open(text);
    const closed = answerOf(socket);

    expect(await (await fetch(originOf(server))).text()).toBe('ok');
    expect(socket.destroyed).toBe(false);
    await closed;
  });

  it('that sends its header byte by byte is cut off', async () => {
    const socket = await open('GET / HTTP/1.1\r\nX-Slow: ');
    const dripping = setInterval(() => socket.write('x'), 20);
    try {
      expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      clearInterval(dripping);
    }
  });

  it.each(['/large', '/pieces'])('that does not read its response is cut off: %s', async (path) => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = await open(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    socket.pause();
    const [peer] = await accepted;
    await once(peer, 'close');
    // The rest is what the system had kept.
    const text = await answerOf(socket.resume());
    expect(text.length).toBeLessThan(LARGE.length);
  });

  it('may wait longer than the limits for its response', async () => {
    expect(await (await fetch(`${originOf(server)}/late`)).text()).toBe('late');
  });

  it('cannot hold more than the allowed connections', async () => {
    for (let i = 0; i < LIMITS.connections; i++) await open();
    expect(await answerOf(await open('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toBe('');
  });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Unlike fetch, it sends any method, path and header. */
async function ask(app: TestApp, method: string, path: string, headers: Record<string, string> = {}, body = '') {
  const asked = request({ host: '127.0.0.1', port: app.port, method, path, headers, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, body: text } satisfies Answer;
}

const PROBES = ['/livez', '/readyz', '/healthz', '/metrics'];
const OTHER_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

const PROTECTED = {
  'content-security-policy': expect.stringMatching(/^default-src '(none|self)'/),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};

describe.each<AppName>(['producer', 'consumer', 'gateway', 'mart-init'])('the HTTP server of %s', (name) => {
  let app: TestApp;

  beforeAll(async () => {
    const nowhere = `127.0.0.1:${await choosePort([])}`;
    app = new TestApp(name, {
      args: name === 'producer' ? ['--file', 'package.json', '--watch', '60'] : [],
      env: { DATABASE_URL: `postgresql://u:p@${nowhere}/m`, KAFKA_BROKERS: nowhere },
    });
    await app.listening();
  });

  afterAll(() => app?.kill());

  it.each(PROBES)('answers GET and HEAD on %s, and 405 to everything else', async (path) => {
    const get = await ask(app, 'GET', path);
    const head = await ask(app, 'HEAD', path);
    expect([get.status, head.status, head.body]).toEqual([get.status, get.status, '']);
    expect([200, 503]).toContain(get.status);
    expect(head.headers).toMatchObject({ ...PROTECTED, 'content-type': get.headers['content-type'] });

    for (const method of OTHER_METHODS) {
      const answer = await ask(app, method, path, { 'content-type': 'application/json' }, '{');
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD']);
      expect(answer.headers).toMatchObject(PROTECTED);
    }
  });

  it('protects errors too, and does not say what it is made of', async () => {
    for (const path of ['/nowhere', '/%ff', '/livez/x', '/..%2f..%2fpackage.json']) {
      const { status, headers } = await ask(app, 'GET', path);
      expect([path, status === 404 || status === 400]).toEqual([path, true]);
      expect(headers).toMatchObject(PROTECTED);
      expect([headers['x-powered-by'], headers.server]).toEqual([undefined, undefined]);
    }
  });

  it('limits headers, and does not read bodies', async () => {
    const long = await ask(app, 'GET', '/livez', { 'x-long': 'x'.repeat(20_000) });
    expect(long.status).toBe(431);
    const large = await ask(app, 'POST', '/livez', { 'content-type': 'application/json' }, '{'.repeat(1_000_000));
    expect(large.status).toBe(405);
  });

  it('is no proxy', async () => {
    const tunnel = request({ host: '127.0.0.1', port: app.port, method: 'CONNECT', path: '127.0.0.1:1', agent: false });
    tunnel.end();
    await expect(once(tunnel, 'connect')).rejects.toThrow('socket hang up');
  });
});

it('the apps of npm start and npm run dev listen on this machine only', async () => {
  const nowhere = `127.0.0.1:${await choosePort([])}`;
  const url = `postgresql://u:p@${nowhere}/m`;
  const folder = await mkdtemp(join(tmpdir(), 'http-surface-'));
  const apps = new Apps(nowhere, { owner: url, apps: url, analyst: undefined }, folder);
  try {
    const args = ['--file', 'package.json', '--watch', '60'];
    const started = [apps.start({ name: 'gateway' }), apps.start({ name: 'producer', args })];
    await Promise.all(started.map((app) => app.whenListening()));
    expect(started.map(({ pid }) => listeningAddresses(pid))).toEqual([['127.0.0.1'], ['127.0.0.1']]);
  } finally {
    await apps.stop();
    await rm(folder, { recursive: true });
  }
});
