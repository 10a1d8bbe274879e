/** A JSON schema of the 2020-12 dialect, which OpenAPI 3.1 uses. */
export type Schema = Readonly<Record<string, unknown>>;

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
  readonly example?: unknown;
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

/** What a GET does; the gateway has nothing else. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  /** By status. */
  readonly responses: Readonly<Record<string, ResponseObject | { readonly $ref: string }>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** What a module of the gateway adds to the OpenAPI document; list it in openapi-document.ts. */
export interface OpenApiFragment {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path with {parameters}. */
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  /** Schemas that `#/components/schemas/…` refers to. */
  readonly schemas?: Readonly<Record<string, Schema>>;
}
