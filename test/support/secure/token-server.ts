import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { close, listen, originOf } from '../http-server.js';

export const TOKEN_CLIENT = { id: 'messages-apps', secret: 'a secret: of the+tests/=' };
export const TOKEN_SCOPE = 'kafka';
const LIFE_SECONDS = 300;

/** Issues signed tokens for client credentials, and publishes its key for the broker. */
export class TokenServer {
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TokenServer> {
    const server = createServer();
    const tokens = new TokenServer(server);
    server.on('request', (request, response) => {
      void tokens.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await listen(server);
    return tokens;
  }

  get origin(): string {
    return originOf(this.server);
  }

  close(): Promise<void> {
    return close(this.server);
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    if (request.url === '/keys') {
      const jwk = this.keys.publicKey.export({ format: 'jwk' });
      return { status: 200, body: { keys: [{ ...jwk, kid: 'test', alg: 'RS256', use: 'sig' }] } };
    }
    const form = new URLSearchParams(await text(request));
    const [id, secret] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
      .toString()
      .split(':')
      // As in forms (RFC 6749, section 2.3.1): a blank may be a plus sign.
      .map((part) => decodeURIComponent(part.replaceAll('+', '%20')));
    if (id !== TOKEN_CLIENT.id || secret !== TOKEN_CLIENT.secret) {
      return { status: 401, body: { error: 'invalid_client' } };
    }
    if (form.get('grant_type') !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    return { status: 200, body: { access_token: this.token(form.get('scope') ?? ''), expires_in: LIFE_SECONDS } };
  }

  private token(scope: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: TOKEN_CLIENT.id, scope, iat: now, exp: now + LIFE_SECONDS, jti: randomUUID() };
    const parts = [{ alg: 'RS256', kid: 'test', typ: 'JWT' }, claims];
    const content = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${content}.${createSign('RSA-SHA256').update(content).sign(this.keys.privateKey, 'base64url')}`;
  }
}
