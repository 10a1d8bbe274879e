import { restFragment } from '../rest/openapi/rest-fragment.js';
import { withIntegerFormats } from './integer-formats.js';
import type { OpenApiFragment, Schema } from './openapi-fragment.js';
import { problemComponents, problemSchema } from './problem-responses.js';
import { probesFragment } from './probes-fragment.js';
import { pipelineFragment } from '../pipeline/pipeline-openapi.js';
import { systemFragment } from '../system/system-openapi.js';

/** Each module describes its own routes. */
const FRAGMENTS: readonly OpenApiFragment[] = [restFragment, pipelineFragment, probesFragment, systemFragment];

const DESCRIPTION = `Read access to the data mart of the messages pipeline. All values are exact at the time they are read; answers are cached for
a second. The API supports GET and HEAD; any other method returns 405. Errors below /api are problem details (RFC 9457).
Conventions, limits and examples: docs/rest.md.`;

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  /** Of operations that have none of their own. */
  readonly security: readonly [];
  readonly tags: OpenApiFragment['tags'];
  readonly paths: OpenApiFragment['paths'];
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> } & Readonly<Record<string, unknown>>;
}

const DOCUMENT: OpenApiDocument = withIntegerFormats({
  openapi: '3.1.0',
  info: {
    title: 'messages-pipeline',
    version: '1',
    description: DESCRIPTION.replaceAll('\n', ' '),
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [],
  tags: FRAGMENTS.flatMap(({ tags }) => tags),
  paths: Object.assign({}, ...FRAGMENTS.map(({ paths }) => paths)) as OpenApiFragment['paths'],
  components: {
    schemas: Object.assign({ Problem: problemSchema }, ...FRAGMENTS.map(({ schemas }) => schemas)) as Record<
      string,
      Schema
    >,
    responses: problemComponents(),
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'The value of GATEWAY_API_TOKEN on the gateway' },
    },
  },
});

/**
 * The whole document, built from definitions alone, without a database.
 *
 * @param basePath the path below which users reach the gateway, such as `/messages`
 */
export function openApiDocument(basePath = ''): OpenApiDocument {
  return basePath === '' ? DOCUMENT : { ...DOCUMENT, servers: [{ url: basePath }] };
}

export const OPENAPI_FILE = 'apps/gateway/openapi.json';

export function openApiJson(): string {
  return `${JSON.stringify(DOCUMENT, null, 2)}\n`;
}
