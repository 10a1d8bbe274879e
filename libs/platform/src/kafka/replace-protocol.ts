import { createRequire } from 'node:module';

/** A kafkajs module below protocol/requests. */
interface RequestApi<Make> {
  versions: readonly (string | number)[];
  protocol: (options: { version: number }) => Make;
}

const require = createRequire(import.meta.url);
const REPLACED = Symbol('messages-pipeline.replaced');

/**
 * Replaces the function that builds kafkajs' requests of one kind, for all clients of this process. Only the first call per kind has an
 * effect. It depends on the version of kafkajs, which package-lock.json pins.
 *
 * @typeParam Make builds a request and its decoder from the arguments of the request
 * @param replace returns the new function; it may also change `api.versions`
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
