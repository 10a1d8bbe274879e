import type { AddressInfo } from 'node:net';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HardenedAdapter } from '#platform/http/hardened-adapter.js';
import { AppModule } from '../../apps/gateway/src/app.module.js';
import { readGatewayConfig } from '../../apps/gateway/src/config/gateway-config.js';
import { configureGateway } from '../../apps/gateway/src/configure-app.js';
import type { ProblemDetails } from '../../apps/gateway/src/problems/problems.js';
import { waitUntil } from './wait-until.js';

export const TOKEN = 'a-token-of-the-tests';
export const WITH_TOKEN = { authorization: `Bearer ${TOKEN}` };

export type JsonRow = Record<string, unknown>;

export interface Page {
  readonly data: readonly JsonRow[];
  readonly next: string | null;
}

/** Adds a parameter to an address. */
export function withParameter(address: string, parameter: string): string {
  return `${address}${address.includes('?') ? '&' : '?'}${parameter}`;
}

/** A gateway in this process, connected to a database, without the rate limit. */
export class RestGateway {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string, env: Record<string, string> = {}): Promise<RestGateway> {
    const config = readGatewayConfig({
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: process.env.KAFKA_BROKERS ?? '',
      ...env,
    });
    const module = await Test.createTestingModule({ imports: [AppModule.forRoot(config)] }).compile();
    const app = module.createNestApplication<NestExpressApplication>(new HardenedAdapter(), { logger: ['fatal'] });
    configureGateway(app, config);
    await app.listen(0, '127.0.0.1');
    // Tests in this process may block it for longer than the usual 5 s; then a request would meet a connection that is being closed.
    app.getHttpServer().keepAliveTimeout = 60_000;
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new RestGateway(app, `http://127.0.0.1:${port}`);
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Waits, since the readers' pool connects in the background. */
  async ready(): Promise<this> {
    await waitUntil('the gateway reads the mart', async () => (await this.get('channels')).status === 200);
    return this;
  }

  /** @param path below /api/v1, or from the root if it starts with a slash */
  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
    return fetch(path.startsWith('/') ? this.url + path : `${this.url}/api/v1/${path}`, { headers, method });
  }

  async page(path: string, headers?: Record<string, string>): Promise<Page> {
    const response = await this.get(path, headers);
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Page;
  }

  /** @throws Error if the response is no problem document */
  async problem(path: string, headers?: Record<string, string>, method?: string) {
    const response = await this.get(path, headers, method);
    const type = response.headers.get('content-type');
    if (!type?.startsWith('application/problem+json')) throw new Error(`${path}: ${response.status} ${type}`);
    const problem = (await response.json()) as ProblemDetails;
    return { ...problem, type: problem.type.replace(/^urn:messages-pipeline:problem:/, ''), headers: response.headers };
  }
}
