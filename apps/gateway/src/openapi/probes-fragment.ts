import type { OpenApiFragment, Operation, ResponseObject, Schema } from './openapi-fragment.js';

const TAG = 'probes';

const INDICATORS: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: { status: { type: 'string', enum: ['up', 'down'] }, message: { type: 'string' } },
    required: ['status'],
  },
};

const HealthCheck: Schema = {
  type: 'object',
  description: 'The response of @nestjs/terminus',
  properties: {
    status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
    info: { ...INDICATORS, description: 'Dependencies that are up' },
    error: { ...INDICATORS, description: 'Dependencies that are down, with the error' },
    details: { ...INDICATORS, description: 'All dependencies' },
  },
  required: ['status', 'info', 'error', 'details'],
};

const UP = { postgresql: { status: 'up' } };
const DOWN = { postgresql: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:5432' } };

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
      200: healthResponse('Everything is up', { status: 'ok', info: UP, error: {}, details: UP }),
      503: healthResponse('Something is down', { status: 'error', info: {}, error: DOWN, details: DOWN }),
    },
  };
}

/** The endpoints that every app has, and the OpenAPI document. */
export const probesFragment: OpenApiFragment = {
  tags: [{ name: TAG, description: 'Probes and metrics; no rate limit' }],
  paths: {
    '/livez': { get: probe('getLivez', 'Liveness: whether the process works; checks no dependency') },
    '/readyz': { get: probe('getReadyz', 'Readiness: whether the gateway can reach PostgreSQL') },
    '/healthz': { get: probe('getHealthz', 'Alias of /readyz') },
    '/metrics': {
      get: {
        ...{ operationId: 'getMetrics', tags: [TAG], summary: 'Metrics in the Prometheus text format' },
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
