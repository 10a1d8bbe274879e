import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ASYNCAPI_FILE } from './asyncapi.js';
import type { channels, operations } from './channels.js';
import type { MessageName } from './messages.js';

export interface AsyncApiDocument {
  readonly channels: Readonly<Record<keyof typeof channels, AsyncApiChannel>>;
  readonly operations: Readonly<Record<keyof typeof operations, AsyncApiOperation>>;
  readonly components: { readonly messages: Readonly<Record<MessageName, AsyncApiMessage>> };
}

interface AsyncApiChannel {
  readonly address: string;
  readonly bindings: { readonly kafka: { readonly topicConfiguration: Readonly<Record<string, unknown>> } };
}

interface AsyncApiOperation {
  readonly bindings?: { readonly kafka: { readonly groupId: { readonly default?: string } } };
}

interface AsyncApiMessage {
  readonly headers?: unknown;
  readonly examples: readonly { readonly headers?: unknown; readonly payload: unknown }[];
}

/** The document in the project. */
export const documentText = readFileSync(ASYNCAPI_FILE, 'utf8');
export const document = parse(documentText) as AsyncApiDocument;

/**
 * Validates payloads or headers against the document's schema.
 *
 * @param unicode whether patterns have the flag u, which depends on the validator
 */
export function validator(message: MessageName, part: 'payload' | 'headers', unicode = true): ValidateFunction {
  const ajv = new Ajv({ strict: false, unicodeRegExp: unicode, validateFormats: false });
  ajv.addSchema(document, 'asyncapi');
  return ajv.compile({ $ref: `asyncapi#/components/messages/${message}/${part}` });
}
