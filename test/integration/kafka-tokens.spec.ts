import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { googleTokens } from '#platform/kafka/security/tokens/google.js';
import { mskTokens } from '#platform/kafka/security/tokens/msk.js';
import { SharedToken } from '#platform/kafka/security/tokens/shared-token.js';
import { close, listen, originOf } from '../support/http-server.js';

const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
});

const decoded = (text: string) => Buffer.from(text, 'base64url').toString();

describe("Google's tokens", () => {
  let metadata: Server;

  /** The metadata server of a machine or pod at Google, as workload identity answers. */
  beforeEach(async () => {
    metadata = createServer((request, response) => {
      const path = request.url ?? '';
      response.setHeader('Metadata-Flavor', 'Google');
      if (request.headers['metadata-flavor'] !== 'Google') response.writeHead(403).end();
      else if (path.includes('/token')) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ access_token: 'ya29.of-the-test', expires_in: 3599, token_type: 'Bearer' }));
      } else if (path.endsWith('/email')) response.end('pipeline@project.iam.gserviceaccount.com');
      else if (path.includes('universe')) response.writeHead(404).end();
      else if (path.endsWith('/project-id')) response.end('project');
      else response.end('{}');
    });
    await listen(metadata);
    process.env['GCE_METADATA_HOST'] = new URL(originOf(metadata)).host;
    process.env['METADATA_SERVER_DETECTION'] = 'assume-present';
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
  });

  afterEach(() => close(metadata));

  it('are a JWT of the service account that carries its access token', async () => {
    const { value, lifeSeconds } = await googleTokens()();
    const [header = '', claims = '', signature = ''] = value.split('.');
    expect(JSON.parse(decoded(header))).toEqual({ typ: 'JWT', alg: 'GOOG_OAUTH2_TOKEN' });
    expect(JSON.parse(decoded(claims))).toMatchObject({
      iss: 'Google',
      sub: 'pipeline@project.iam.gserviceaccount.com',
      exp: expect.any(Number),
    });
    expect(decoded(signature)).toBe('ya29.of-the-test');
    expect(lifeSeconds).toBeGreaterThan(3000);
    expect(lifeSeconds).toBeLessThanOrEqual(3600);
  });
});

describe("Amazon MSK's tokens", () => {
  it('are a signed request to connect', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIAOFTHETEST';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'the secret key of the test';
    const { value, lifeSeconds } = await mskTokens('eu-central-1')();
    const url = new URL(decoded(value));
    expect(url.host).toBe('kafka.eu-central-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'kafka-cluster:Connect',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': expect.stringContaining('AKIAOFTHETEST/'),
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(decoded(value)).not.toContain('secret key');
    expect(lifeSeconds).toBeGreaterThan(800);
  });

  it('need credentials', async () => {
    for (const name of Object.keys(process.env).filter((each) => each.startsWith('AWS_'))) delete process.env[name];
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    process.env['HOME'] = '/nonexistent';
    await expect(mskTokens('eu-central-1')()).rejects.toMatchObject({
      message: expect.stringMatching(/^no token for Amazon MSK: /),
      remedy: expect.stringContaining('Run with credentials of AWS'),
    });
  });
});

describe('a shared token', () => {
  it('is asked for once, and again when most of its life is over', async () => {
    let asked = 0;
    const token = new SharedToken(() => {
      asked += 1;
      return Promise.resolve({ value: `token ${asked}`, lifeSeconds: 0.2 });
    });
    expect(await Promise.all([token.current(), token.current()])).toEqual(['token 1', 'token 1']);
    await new Promise((done) => setTimeout(done, 200));
    expect(await token.current()).toBe('token 2');
  });

  it('is asked for again after a failure', async () => {
    let asked = 0;
    const token = new SharedToken(() => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('down')) : Promise.resolve({ value: 'token', lifeSeconds: 60 });
    });
    await expect(token.current()).rejects.toThrow('down');
    expect(await token.current()).toBe('token');
  });
});
