import { Injectable } from '@nestjs/common';
import type { Request } from './http.js';
import type { Answer } from './answer/answer.js';
import { AnswerCache } from './answer/answer-cache.js';
import { writeAnswer } from './answer/write-answer.js';
import { MartReader } from './database/mart-reader.js';
import { Problem } from '../problems/problem.js';
import { buildSelect } from './query/build-select.js';
import { FORMATS } from './query/list-parameters.js';
import { readQuery } from './query/read-query.js';
import type { Format, ResourceQuery } from './query/resource-query.js';
import type { Resource } from './resources/resource.js';

/** Answers a request for a resource: checks it, then asks the mart, or remembers what the mart said just now. */
@Injectable()
export class ResourceService {
  private readonly answers = new AnswerCache();
  /** Apart, so that renewing these for seconds holds up none of the others. */
  private readonly slowAnswers = new AnswerCache();

  constructor(private readonly reader: MartReader) {}

  /** @throws Problem invalid-parameter, not-acceptable, not-found, and those of MartReader */
  async read(resource: Resource, request: Request): Promise<Answer> {
    const query = readQuery(resource, request.params, searchOf(request));
    const format = query.format ?? acceptedFormat(resource, request);
    const make = () => this.ask(query, format);
    if (resource.needsToken) return make();
    const answers = resource.isSlow(query.given) ? this.slowAnswers : this.answers;
    return answers.get(JSON.stringify([format, query.address, query.limit, query.after]), make);
  }

  private async ask(query: ResourceQuery, format: Format): Promise<Answer> {
    const { resource, given } = query;
    const rows = await this.reader.read(buildSelect(query), resource.isSlow(given));
    if (resource.kind === 'item' && rows.length === 0) {
      const asked = resource.parameters.map(({ name }) => `${name} ${given[name]}`).join(', ');
      throw new Problem('not-found', `There is none with ${asked}.`);
    }
    return writeAnswer(query, rows, format);
  }
}

/** Read from the address itself, where repeated parameters can be told from a list. */
function searchOf({ originalUrl }: Request): URLSearchParams {
  const begin = originalUrl.indexOf('?');
  return new URLSearchParams(begin < 0 ? '' : originalUrl.slice(begin));
}

/** The header Accept decides. One row with what is nested in it is no table, so items are JSON only. */
function acceptedFormat({ kind }: Resource, request: Request): Format {
  const offered = kind === 'item' ? ['json'] : [...FORMATS];
  const accepted = request.accepts(offered);
  if (accepted === false) {
    const types = offered.map((format) => (format === 'json' ? 'application/json' : 'text/csv'));
    throw new Problem('not-acceptable', `Accept ${types.join(' or ')}.`);
  }
  return accepted as Format;
}
