import { restFragment } from '../rest/openapi/rest-fragment.js';
import type { OpenApiFragment, Schema } from './openapi-fragment.js';
import { problemComponents, problemSchema } from './problem-responses.js';
import { probesFragment } from './probes-fragment.js';
import { pipelineFragment } from '../pipeline/pipeline-openapi.js';
import { systemFragment } from '../system/system-openapi.js';

/** Each module describes its own routes. */
const FRAGMENTS: readonly OpenApiFragment[] = [restFragment, pipelineFragment, probesFragment, systemFragment];

const DESCRIPTION = `The data mart of the messages pipeline, for programs. All figures are exact at the moment of the answer, which is kept
for a second. There is nothing but GET and HEAD; every other method below /api is answered 405. Every error below /api is a problem of
RFC 9457. Conventions, limits and examples: docs/rest.md.`;

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: OpenApiFragment['tags'];
  readonly paths: OpenApiFragment['paths'];
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> } & Readonly<Record<string, unknown>>;
}

const document: OpenApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'messages-pipeline',
    version: '1',
    description: DESCRIPTION.replaceAll('\n', ' '),
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: FRAGMENTS.flatMap(({ tags }) => tags),
  paths: Object.assign({}, ...FRAGMENTS.map(({ paths }) => paths)) as OpenApiFragment['paths'],
  components: {
    schemas: Object.assign({ Problem: problemSchema }, ...FRAGMENTS.map(({ schemas }) => schemas)) as Record<
      string,
      Schema
    >,
    responses: problemComponents(),
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'GATEWAY_API_TOKEN of the gateway' },
    },
  },
};

/** Of all that the gateway answers to; made of definitions alone, without a database. */
export function openApiDocument(): OpenApiDocument {
  return document;
}

export const OPENAPI_FILE = 'apps/gateway/openapi.json';

export function openApiJson(): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
