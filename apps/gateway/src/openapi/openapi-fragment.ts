/** A JSON schema (2020-12, as in OpenAPI 3.1). */
export type Schema = Readonly<Record<string, unknown>>;

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema?: Schema;
  /** Values of an array are one text, separated by commas. */
  readonly style?: 'form';
  readonly explode?: false;
  readonly example?: unknown;
  /** Replaces schema and example if the value is, for example, JSON. */
  readonly content?: Readonly<Record<string, MediaType>>;
}

interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

/** A GET operation; the gateway has no other. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  /** By status. */
  readonly responses: Readonly<Record<string, ResponseObject | { readonly $ref: string }>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /** Reads the rows of messages: takes seconds on a large mart. */
  readonly 'x-slow'?: true;
  /** The same, if one of these parameters has one of these values. */
  readonly 'x-slow-if'?: Readonly<Record<string, readonly string[]>>;
}

/** The part of the OpenAPI document that one module contributes; listed in openapi-document.ts. */
export interface OpenApiFragment {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path, with parameters in braces. */
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  /** Schemas that `#/components/schemas/…` refers to. */
  readonly schemas?: Readonly<Record<string, Schema>>;
}
