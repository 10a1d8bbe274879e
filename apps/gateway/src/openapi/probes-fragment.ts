import type { OpenApiFragment, Operation, ResponseObject, Schema } from './openapi-fragment.js';

const TAG = 'probes';

const indicators: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: { status: { type: 'string', enum: ['up', 'down'] }, message: { type: 'string' } },
    required: ['status'],
  },
};

const HealthCheck: Schema = {
  type: 'object',
  description: 'As @nestjs/terminus answers',
  properties: {
    status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
    info: { ...indicators, description: 'What is up' },
    error: { ...indicators, description: 'What is down, and why' },
    details: { ...indicators, description: 'Both' },
  },
  required: ['status', 'info', 'error', 'details'],
};

const up = { postgresql: { status: 'up' } };
const down = { postgresql: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:5432' } };

function healthResponse(description: string, example: unknown): ResponseObject {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/HealthCheck' }, example } },
  };
}

function probe(operationId: string, summary: string): Operation {
  return {
    ...{ operationId, tags: [TAG], summary },
    responses: {
      200: healthResponse('All is up', { status: 'ok', info: up, error: {}, details: up }),
      503: healthResponse('Something is down', { status: 'error', info: {}, error: down, details: down }),
    },
  };
}

/** What every app of the pipeline answers to, and where this document is. */
export const probesFragment: OpenApiFragment = {
  tags: [{ name: TAG, description: 'Probes and metrics; never limited' }],
  paths: {
    '/livez': { get: probe('getLivez', 'Is the process alive? No dependency is asked') },
    '/readyz': { get: probe('getReadyz', 'Can the gateway do its work, for which it needs PostgreSQL?') },
    '/healthz': { get: probe('getHealthz', 'The same as /readyz') },
    '/metrics': {
      get: {
        ...{ operationId: 'getMetrics', tags: [TAG], summary: "The process's metrics for Prometheus" },
        responses: {
          200: {
            description: 'Text format 0.0.4',
            content: { 'text/plain': { schema: { type: 'string' }, example: 'process_cpu_seconds_total 1.5\n' } },
          },
        },
      },
    },
    '/openapi.json': {
      get: {
        ...{ operationId: 'getOpenApi', tags: [TAG], summary: 'This document' },
        responses: {
          200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
        },
      },
    },
  },
  schemas: { HealthCheck },
};
