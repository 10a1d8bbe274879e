import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '../../apps/gateway/src/openapi/openapi-document.js';
import type { Operation, ResponseObject } from '../../apps/gateway/src/openapi/openapi-fragment.js';

/** Validates real responses against the OpenAPI document. */
export class OpenApiContract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(private readonly document: OpenApiDocument) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addSchema(document, 'openapi', undefined, false);
  }

  operation(path: string): Operation {
    const item = this.document.paths[path];
    if (item === undefined) throw new Error(`${path} is not in the document`);
    return item.get;
  }

  /**
   * Differences between a response of `path` and the document; empty if they agree. Reads the body.
   *
   * @param path with {parameters}, as in the document
   */
  async differences(path: string, answer: Response): Promise<string[]> {
    const declared = this.operation(path).responses[String(answer.status)];
    if (declared === undefined) return [`${path}: ${answer.status} is not declared: ${await answer.text()}`];
    const { content, headers = {} } = '$ref' in declared ? this.resolve(declared.$ref) : declared;
    const text = await answer.text();
    const missing = Object.keys(headers)
      .filter((name) => !answer.headers.has(name) && !OPTIONAL_HEADERS.has(name))
      .map((name) => `${path} ${answer.status}: no header ${name}`);
    if (content === undefined) return text === '' ? missing : [...missing, `${path} ${answer.status}: has a body`];

    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const media = content[type];
    if (media === undefined) return [...missing, `${path} ${answer.status}: ${type} is not declared`];
    const value: unknown = type.endsWith('json') ? JSON.parse(text) : text;
    return [...missing, ...this.errorsOf(media.schema, value).map((error) => `${path} ${answer.status}: ${error}`)];
  }

  /** Errors in the examples of the document. */
  wrongExamples(): string[] {
    const components = this.document.components as unknown as { responses: Record<string, ResponseObject> };
    const responses = [
      ...Object.entries(components.responses),
      ...Object.entries(this.document.paths).flatMap(([path, { get }]) =>
        Object.values(get.responses).flatMap((response): [string, ResponseObject][] =>
          '$ref' in response ? [] : [[path, response]],
        ),
      ),
    ];
    return responses.flatMap(([place, { content = {} }]) =>
      Object.values(content).flatMap(({ schema, example, examples = {} }) =>
        [example, ...Object.values(examples).map(({ value }) => value)]
          .filter((value) => value !== undefined)
          .flatMap((value) => this.errorsOf(schema, value).map((error) => `${place}: ${error}`)),
      ),
    );
  }

  private resolve(reference: string): ResponseObject {
    const name = reference.replace('#/components/responses/', '');
    return (this.document.components as unknown as { responses: Record<string, ResponseObject> }).responses[name]!;
  }

  private errorsOf(schema: object, value: unknown): string[] {
    const validate: ValidateFunction = this.ajv.compile(absolute(schema));
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}

/** `Link` is sent only if there is a next page. The tests' process has no rate limit; gateway-rate-limit.spec.ts tests it. */
const LIMIT_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
const OPTIONAL_HEADERS = new Set(['Link', ...LIMIT_HEADERS]);

/** Makes references inside a fragment absolute, because they refer to the whole document. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')) as object;
}
