import { PROBLEM_TYPE_PREFIX, PROBLEMS, type ProblemName } from '../problems/problems.js';
import type { ResponseObject, Schema } from './openapi-fragment.js';

export const problemSchema: Schema = {
  type: 'object',
  description: 'Problem details (RFC 9457)',
  properties: {
    type: { type: 'string', enum: Object.keys(PROBLEMS).map((name) => PROBLEM_TYPE_PREFIX + name) },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'What happened and what to do' },
    instance: { type: 'string', description: 'Path of the request' },
    request_id: {
      type: 'string',
      description: 'The header X-Request-Id of the response, also in the log of the gateway',
    },
    errors: {
      type: 'array',
      description: 'Every invalid parameter; only for invalid-parameter',
      items: {
        type: 'object',
        properties: { parameter: { type: 'string' }, detail: { type: 'string' } },
        required: ['parameter', 'detail'],
        additionalProperties: false,
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'request_id'],
  additionalProperties: false,
};

/** Problems that any request below /api can cause. */
export const USUAL_PROBLEMS: readonly ProblemName[] = [
  'malformed-request',
  'not-acceptable',
  'uri-too-long',
  'too-many-requests',
  'internal-error',
];

export const LIMIT_HEADERS = {
  'RateLimit-Limit': {
    description: 'Requests per minute allowed for this client address',
    schema: { type: 'integer' },
  },
  'RateLimit-Remaining': { description: 'Requests left', schema: { type: 'integer' } },
  'RateLimit-Reset': { description: 'Seconds until the oldest request no longer counts', schema: { type: 'integer' } },
};

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } };

const CHALLENGE = { 'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } } };

type Reference = { readonly $ref: string };

/** Responses of an operation by status, for the problems that it can cause. */
export function problemResponses(names: readonly ProblemName[]): Record<string, Reference> {
  const statuses = [...new Set(names.map((name) => PROBLEMS[name].status))].sort((one, other) => one - other);
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${componentOf(status)}` }]),
  );
}

/** The response components that problemResponses refers to. */
export function problemComponents(): Record<string, ResponseObject> {
  const statuses = [...new Set(Object.values(PROBLEMS).map(({ status }) => status))];
  return Object.fromEntries(statuses.map((status) => [componentOf(status), responseOf(status)]));
}

function componentOf(status: number): string {
  return `Problem${status}`;
}

function responseOf(status: number): ResponseObject {
  const names = (Object.keys(PROBLEMS) as ProblemName[]).filter((name) => PROBLEMS[name].status === status);
  const headers = {
    ...(status === 429 || status === 503 ? RETRY_AFTER : {}),
    ...(status === 429 ? LIMIT_HEADERS : {}),
    ...(status === 401 ? CHALLENGE : {}),
  };
  return {
    description: names.map((name) => PROBLEMS[name].title).join('; or: '),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(names.map((name) => [name, { value: exampleOf(name) }])),
      },
    },
  };
}

function exampleOf(name: ProblemName) {
  const { title, status } = PROBLEMS[name];
  const errors = [{ parameter: 'limit', detail: 'must be an integer from 1 to 1000' }];
  return {
    type: PROBLEM_TYPE_PREFIX + name,
    title,
    status,
    detail:
      name === 'invalid-parameter' ? 'Correct "limit". See "errors" for details.' : 'What happened and what to do.',
    instance: '/api/v1/channels',
    request_id: '0b6d3a4e-6c1f-4f0e-9a50-0c6a2d8f1b77',
    ...(name === 'invalid-parameter' ? { errors } : {}),
  };
}
