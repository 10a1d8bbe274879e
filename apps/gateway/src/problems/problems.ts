/** Every kind of error of the API. Clients match on the name. */
export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'Malformed request' },
  'invalid-parameter': { status: 400, title: 'Invalid parameter' },
  'token-needed': { status: 401, title: 'Token required' },
  'token-not-configured': { status: 403, title: 'No token configured' },
  'unknown-path': { status: 404, title: 'Unknown path' },
  'not-found': { status: 404, title: 'Record not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'Format not available' },
  'uri-too-long': { status: 414, title: 'URI too long' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Internal error' },
  'database-unavailable': { status: 503, title: 'Database unavailable' },
  'mart-missing': { status: 503, title: 'Mart not set up' },
  'too-busy': { status: 503, title: 'Too many concurrent queries' },
  'too-many-streams': { status: 503, title: 'Too many event streams' },
  'query-timeout': { status: 504, title: 'Query timeout' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemName = keyof typeof PROBLEMS;

export const PROBLEM_TYPE_PREFIX = 'urn:messages-pipeline:problem:';

/** What is wrong with one parameter. */
export interface ParameterProblem {
  readonly parameter: string;
  readonly detail: string;
}

/** RFC 9457, sent as application/problem+json. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened and what to do. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  /** The header X-Request-Id of the response, also in the gateway's log. */
  readonly request_id: string;
  /** Every invalid parameter; only for invalid-parameter. */
  readonly errors?: readonly ParameterProblem[];
}
