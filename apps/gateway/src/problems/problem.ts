import { HttpException } from '@nestjs/common';
import {
  PROBLEM_TYPE_PREFIX,
  PROBLEMS,
  type ParameterProblem,
  type ProblemDetails,
  type ProblemName,
} from './problems.js';

interface ProblemOptions {
  readonly errors?: readonly ParameterProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error below /api; ProblemFilter turns it into a response. */
export class Problem extends HttpException {
  readonly headers: Readonly<Record<string, string>>;
  private readonly errors: readonly ParameterProblem[] | undefined;

  /** @param detail what happened and what to do, for people; no secrets and no internals */
  constructor(
    override readonly name: ProblemName,
    private readonly detail: string,
    { errors, headers = {}, cause }: ProblemOptions = {},
  ) {
    super(detail, PROBLEMS[name].status, { cause });
    this.errors = errors;
    this.headers = headers;
  }

  details(instance: string, requestId: string): ProblemDetails {
    const { title, status } = PROBLEMS[this.name];
    const { detail, errors } = this;
    const type = PROBLEM_TYPE_PREFIX + this.name;
    return { type, title, status, detail, instance, request_id: requestId, ...(errors ? { errors } : {}) };
  }
}
