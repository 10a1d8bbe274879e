/** Every kind of error that the interface answers with; what clients match on is the name. */
export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-parameter': { status: 400, title: 'A parameter is not valid' },
  'token-needed': { status: 401, title: 'A token is needed' },
  'token-not-configured': { status: 403, title: 'The gateway has no token' },
  'unknown-path': { status: 404, title: 'There is no such path' },
  'not-found': { status: 404, title: 'There is no such record' },
  'method-not-allowed': { status: 405, title: 'The interface can only be read' },
  'not-acceptable': { status: 406, title: 'The answer does not exist in such a format' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'The gateway has a fault' },
  'database-unavailable': { status: 503, title: 'The mart cannot be reached' },
  'mart-missing': { status: 503, title: 'The mart is not set up' },
  'too-busy': { status: 503, title: 'Too many slow requests at once' },
  'too-many-streams': { status: 503, title: 'Too many streams of events are open' },
  'query-timeout': { status: 504, title: 'The mart took too long' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemName = keyof typeof PROBLEMS;

export const PROBLEM_TYPE_PREFIX = 'urn:messages-pipeline:problem:';

/** What is wrong with one parameter. */
export interface ParameterProblem {
  readonly parameter: string;
  readonly detail: string;
}

/** RFC 9457, as application/problem+json. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened and what to do. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  /** Every bad parameter; with invalid-parameter only. */
  readonly errors?: readonly ParameterProblem[];
}
