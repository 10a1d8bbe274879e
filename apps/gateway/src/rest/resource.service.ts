import { Inject, Injectable } from '@nestjs/common';
import { BASE_PATH } from '../http/base-path.js';
import type { Request } from './http.js';
import type { Answer } from './answer/answer.js';
import { AnswerCache } from './answer/answer-cache.js';
import { answerOf, CONTENT_TYPES, writeAnswer } from './answer/write-answer.js';
import { MartReader } from './database/mart-reader.js';
import { Problem } from '../problems/problem.js';
import { buildSelect } from './query/build-select.js';
import { formatsOf } from './parameters/list-parameters.js';
import { readQuery } from './query/read-query.js';
import type { Format, ResourceQuery } from './query/resource-query.js';
import { writeSql } from './query/write-sql.js';
import type { Resource } from './resources/resource.js';

/** Handles a request for a resource: validates it, then reads the cache or the mart. */
@Injectable()
export class ResourceService {
  private readonly answers = new AnswerCache();
  /** Separate, because renewing a slow answer takes seconds and would delay the fast ones. */
  private readonly slowAnswers = new AnswerCache();

  constructor(
    private readonly reader: MartReader,
    @Inject(BASE_PATH) private readonly basePath: string,
  ) {}

  /**
   * The SQL of a request is written without the mart, so that it can be had while the mart is down, and before a slow query.
   *
   * @throws Problem invalid-parameter, not-acceptable, not-found, or a problem of MartReader
   */
  async read(resource: Resource, request: Request): Promise<Answer> {
    const checked = readQuery(resource, request.params, searchOf(request));
    const query = { ...checked, address: this.basePath + checked.address };
    const format = query.format ?? acceptedFormat(resource, request);
    if (format === 'sql') return answerOf(query, writeSql(query), format, null);
    const make = () => this.query(query, format);
    if (resource.needsToken) return make();
    const answers = resource.isSlow(query.parameterValues) ? this.slowAnswers : this.answers;
    return answers.get(JSON.stringify([format, query.address, query.limit, query.after]), make);
  }

  private async query(query: ResourceQuery, format: Exclude<Format, 'sql'>): Promise<Answer> {
    const { resource, parameterValues } = query;
    const { secondsBehind } = this.reader;
    const rows = await this.reader.read(buildSelect(query), resource.isSlow(parameterValues));
    const identifying = resource.parameters.filter((parameter) => parameter.in === 'path');
    if (identifying.length > 0 && !resource.canBeEmpty && rows.length === 0 && query.after === undefined) {
      const wanted = identifying.map(({ name }) => `${name} ${parameterValues[name]}`).join(', ');
      throw new Problem('not-found', `No record has ${wanted}.`);
    }
    return { ...writeAnswer(query, rows, format), secondsBehind };
  }
}

/** Parsed from the URL itself: Express' query cannot tell repeated parameters from a list. */
function searchOf({ originalUrl }: Request): URLSearchParams {
  const start = originalUrl.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : originalUrl.slice(start));
}

/** The format by the header Accept; without a preference JSON, which is the first. */
function acceptedFormat(resource: Resource, request: Request): Format {
  const offered = formatsOf(resource);
  const accepted = request.accepts(offered);
  if (accepted === false) {
    const types = offered.map((format) => CONTENT_TYPES[format].split(';')[0]);
    throw new Problem('not-acceptable', `Send Accept: ${types.join(' or ')}.`);
  }
  return accepted as Format;
}
