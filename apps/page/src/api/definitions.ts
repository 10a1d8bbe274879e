import { computed, signal } from '@preact/signals';
import { gatewayUrl } from '../base.js';
import type { ApiPath } from './api.js';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  /** Meanings of the values of `enum`, in its order. */
  readonly 'x-enum-descriptions'?: readonly string[];
  /** Names of the columns of the same row that a rate divides. */
  readonly 'x-rate'?: { readonly numerator: string; readonly denominator: string };
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  /** Reads the rows of messages, which takes seconds on a large mart. */
  readonly 'x-slow'?: boolean;
  readonly responses: { readonly 200: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> } };
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface ColumnDefinition {
  readonly description: string;
  readonly rate: { readonly numerator: string; readonly denominator: string } | null;
}

const document = signal<OpenApiDocument | null>(null);
let loading: Promise<void> | undefined;

/** Whether definitions are there; call `loadDefinitions` first. */
export const hasDefinitions = computed(() => document.value !== null);

/** Loads the OpenAPI document once. A failure is forgotten, so that the next figure tries again. */
export function loadDefinitions(): void {
  loading ??= fetch(gatewayUrl('openapi.json'))
    .then(async (response) => {
      if (!response.ok) throw new Error(`status ${response.status}`);
      document.value = (await response.json()) as OpenApiDocument;
    })
    .catch(() => {
      loading = undefined;
    });
}

/** @returns undefined before the document is loaded, and for an unknown column */
export function columnDefinition(path: ApiPath, column: string): ColumnDefinition | undefined {
  const found = rowSchema(path)?.properties?.[column];
  if (found === undefined) return undefined;
  return { description: found.description ?? '', rate: found['x-rate'] ?? null };
}

/** Meanings of the reasons for rejection, by reason; undefined before the document is loaded. */
export function reasonMeanings(): Readonly<Record<string, string>> | undefined {
  const reasons = rowSchema('/api/v1/quarantine')?.properties?.reasons;
  const { enum: codes, 'x-enum-descriptions': meanings } = resolve(reasons?.items)?.properties?.reason ?? {};
  return codes && meanings && Object.fromEntries(codes.map((code, i) => [code, meanings[i]!]));
}

function rowSchema(path: ApiPath): Schema | undefined {
  const json = document.value?.paths[path]?.get.responses[200].content['application/json'];
  const data = resolve(json?.schema)?.properties?.data;
  const schema = resolve(data);
  return schema?.items === undefined ? schema : resolve(schema.items);
}

function resolve(schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.split('/').at(-1);
  return name === undefined ? schema : document.value?.components.schemas[name];
}
