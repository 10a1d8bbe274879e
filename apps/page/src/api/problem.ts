/** An error of the REST interface (RFC 9457), or of the network. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** Name of the problem, such as `query-timeout`; `unreachable` if the gateway did not respond. */
    readonly kind: string,
    readonly title: string,
    readonly detail: string,
    readonly status: number | null,
    readonly errors: readonly { readonly parameter: string; readonly detail: string }[] = [],
  ) {
    super(detail);
  }
}

const TYPE_PREFIX = 'urn:messages-pipeline:problem:';

export async function problemOf(response: Response): Promise<ApiProblem> {
  try {
    const { type, title, detail, errors } = (await response.json()) as Record<'type' | 'title' | 'detail', string> & {
      errors?: ApiProblem['errors'];
    };
    return new ApiProblem(type.replace(TYPE_PREFIX, ''), title, detail, response.status, errors);
  } catch {
    const detail = `The gateway, or a proxy before it, answered with status ${response.status}.`;
    return new ApiProblem('unknown', 'Unexpected answer', detail, response.status);
  }
}

export function unreachable(): ApiProblem {
  const detail = 'The gateway does not respond. The page tries again by itself.';
  return new ApiProblem('unreachable', 'Gateway not reachable', detail, null);
}
