import { createRequire } from 'node:module';

/** One of kafkajs' folders below protocol/requests. */
interface RequestApi<Make> {
  versions: readonly (string | number)[];
  protocol: (options: { version: number }) => Make;
}

const require = createRequire(import.meta.url);
const REPLACED = Symbol('messages-pipeline.replaced');

/**
 * Replaces the one function that makes kafkajs' requests of a kind, for all clients of this process. Only the first call for a kind
 * counts. package-lock.json pins the version of kafkajs that this holds for.
 *
 * @typeParam Make makes one request and its decoder of the request's arguments
 * @param replace gives the new function; it may also change `api.versions`
 */
export function replaceProtocol<Make>(
  kind: 'fetch' | 'listOffsets' | 'metadata' | 'produce',
  replace: (protocol: RequestApi<Make>['protocol'], api: RequestApi<Make>) => RequestApi<Make>['protocol'],
): void {
  const api = require(`kafkajs/src/protocol/requests/${kind}/index.js`) as RequestApi<Make> & { [REPLACED]?: true };
  if (api[REPLACED]) return;
  api[REPLACED] = true;
  api.protocol = replace(api.protocol, api);
}
