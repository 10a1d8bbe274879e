import type {
  OpenApiFragment,
  Operation,
  ParameterObject,
  ResponseObject,
  Schema,
} from '../../openapi/openapi-fragment.js';
import { LIMIT_HEADERS, problemResponses, USUAL_PROBLEMS } from '../../openapi/problem-responses.js';
import { API_ROOT } from '../access/api-paths.js';
import type { ProblemName } from '../../problems/problems.js';
import { GROUP_SCHEMAS } from '../parameters/group-kind.js';
import { parametersOf, type QueryParameter } from '../parameters/list-parameters.js';
import type { Resource } from '../resources/resource.js';
import { RESOURCES } from '../resources/resources.js';
import { exampleRow, rowSchema } from './row-schema.js';

const AGGREGATES = 'aggregates';
const RECORDS = 'client records';

const header = (description: string, type = 'string') => ({ description, schema: { type } });

const CACHE_HEADERS = {
  ETag: header('Identifies the body; send it back in If-None-Match'),
  'Cache-Control': header('max-age=1 for aggregates; no-store for client records'),
};

const SQL = {
  schema: {
    type: 'string',
    description: 'A statement for psql and the role analyst, unless its comment names another',
  },
};

const QUERY_PROBLEMS = ['database-unavailable', 'mart-missing', 'query-timeout'] as const satisfies ProblemName[];

/** Every resource below /api/v1, and the index. */
export const restFragment: OpenApiFragment = {
  tags: [
    { name: AGGREGATES, description: 'Aggregates of the mart; no token required' },
    { name: RECORDS, description: 'Client-level records; a token is required' },
  ],
  paths: {
    [API_ROOT]: { get: indexOperation() },
    ...Object.fromEntries(RESOURCES.map((resource) => [pathOf(resource), { get: operationOf(resource) }])),
  },
  schemas: {
    Index: {
      type: 'object',
      properties: {
        data: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              href: { type: 'string', description: 'Path or path template (RFC 6570)' },
              summary: { type: 'string' },
              needs_token: { type: 'boolean', description: 'Whether a token is required' },
            },
            required: ['href', 'summary', 'needs_token'],
            additionalProperties: false,
          },
        },
        documentation: { type: 'string' },
        openapi: { type: 'string' },
      },
      required: ['data', 'documentation', 'openapi'],
      additionalProperties: false,
    },
    ...GROUP_SCHEMAS,
    ...Object.fromEntries(RESOURCES.map((resource) => [nameOf(resource), rowSchema(resource)])),
    // Named, because openapi-generator's Python takes `next` of a nameless schema as never null.
    ...Object.fromEntries(
      RESOURCES.filter(({ kind }) => kind !== 'item').map((resource) => [pageNameOf(resource), list(rowOf(resource))]),
    ),
  },
};

function pathOf({ path }: Resource): string {
  return `${API_ROOT}/${path.replace(/:(\w+)/g, '{$1}')}`;
}

/** For example CampaignsTypeId for campaigns/:type/:id. */
function nameOf({ path }: Resource): string {
  return path.replace(/(?:^|[/:-]+)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pageNameOf(resource: Resource): string {
  return `${nameOf(resource)}Page`;
}

function rowOf(resource: Resource): Schema {
  return { $ref: `#/components/schemas/${nameOf(resource)}` };
}

function indexOperation(): Operation {
  const data = [{ href: `${API_ROOT}/channels`, summary: 'Rates by channel', needs_token: false }];
  const example = { data, documentation: '/docs', openapi: '/openapi.json' };
  return {
    ...{ operationId: 'getIndex', tags: [AGGREGATES], summary: 'List all resources' },
    responses: {
      200: {
        description: 'All resources',
        headers: LIMIT_HEADERS,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Index' }, example } },
      },
      ...problemResponses(['uri-too-long', 'too-many-requests', 'internal-error']),
    },
  };
}

function operationOf(resource: Resource): Operation {
  const { summary, description, needsToken } = resource;
  return {
    operationId: `get${nameOf(resource)}`,
    tags: [needsToken ? RECORDS : AGGREGATES],
    summary,
    description,
    parameters: parametersOf(resource).map(parameterOf),
    responses: {
      200: okResponse(resource),
      ...(needsToken
        ? {}
        : { 304: { description: 'Not modified: the ETag matches If-None-Match', headers: CACHE_HEADERS } }),
      ...problemResponses(problemsOf(resource)),
    },
    ...(needsToken ? { security: [{ token: [] }] } : {}),
    ...slowness(resource),
  };
}

/** Extensions that mark requests that read the rows of messages: a page should ask before it sends one. */
function slowness(resource: Resource): Pick<Operation, 'x-slow' | 'x-slow-if'> {
  if (resource.isSlow({})) return { 'x-slow': true };
  const values = slowValues(resource);
  return Object.keys(values).length === 0 ? {} : { 'x-slow-if': values };
}

function problemsOf(resource: Resource): ProblemName[] {
  const { path, canBeEmpty, needsToken } = resource;
  const isEverSlow = Object.keys(slowness(resource)).length > 0;
  return [
    'invalid-parameter',
    ...USUAL_PROBLEMS,
    ...QUERY_PROBLEMS,
    ...(path.includes(':') && !canBeEmpty ? (['not-found'] as const) : []),
    ...(needsToken ? (['token-needed', 'token-not-configured'] as const) : []),
    ...(isEverSlow ? (['too-busy'] as const) : []),
  ];
}

/** Values of parameters that make a request slow. */
function slowValues({ parameters, isSlow }: Resource): Record<string, string[]> {
  const slow = parameters.map(({ name, kind: { schema } }): [string, string[]] => {
    const values = Array.isArray(schema.enum) ? (schema.enum as string[]) : [];
    return [name, values.filter((value) => isSlow({ [name]: value }))];
  });
  return Object.fromEntries(slow.filter(([, values]) => values.length > 0));
}

function parameterOf({ name, in: place, kind, description, example, ...rest }: QueryParameter): ParameterObject {
  const { type } = kind.schema;
  const isList = type === 'array';
  const isNumber = [type].flat().some((each) => each === 'integer' || each === 'number');
  const typed = isNumber ? Number(example) : isList ? example?.split(',') : example;
  const required = place === 'path' || rest.required === true;
  if (kind.isJson) {
    const json = { schema: kind.schema, ...(example === undefined ? {} : { example: JSON.parse(example) as unknown }) };
    return { name, in: place, required, description, content: { 'application/json': json } };
  }
  return {
    ...{ name, in: place, required, description, schema: kind.schema },
    ...(isList ? { style: 'form', explode: false } : {}),
    ...(example === undefined ? {} : { example: typed }),
  };
}

function okResponse(resource: Resource): ResponseObject {
  const { kind, needsToken, columns } = resource;
  const example = exampleRow(resource);
  const json =
    kind === 'item'
      ? { schema: item(rowOf(resource)), example: { data: example } }
      : {
          schema: { $ref: `#/components/schemas/${pageNameOf(resource)}` },
          example: { data: [example], next: null },
        };
  const csv = { schema: { type: 'string' }, example: `${columns.map(({ name }) => name).join(',')}\r\n` };
  return {
    description:
      kind === 'item'
        ? 'The row'
        : 'A page of rows. CSV begins with a header line; its next page is in the header Link only',
    headers: {
      ...(needsToken ? { 'Cache-Control': CACHE_HEADERS['Cache-Control'] } : CACHE_HEADERS),
      ...(needsToken ? {} : { Age: header('Seconds since the mart was read', 'integer') }),
      ...(kind === 'item' ? {} : { Link: header('URL of the next page, rel="next"; absent on the last page') }),
      ...LIMIT_HEADERS,
    },
    content: { 'application/json': json, ...(kind === 'item' ? {} : { 'text/csv': csv }), 'application/sql': SQL },
  };
}

function item(row: Schema): Schema {
  return { type: 'object', properties: { data: row }, required: ['data'], additionalProperties: false };
}

function list(row: Schema): Schema {
  return {
    type: 'object',
    properties: {
      data: { type: 'array', items: row },
      next: { type: ['string', 'null'], description: 'URL of the next page; null on the last page' },
    },
    required: ['data', 'next'],
    additionalProperties: false,
  };
}
