import { replaceProtocol } from '../replace-protocol.js';
import { decodeFetchResponse, type FetchRequest, type FetchResponse } from './fetch-response.js';

type MakeRequest = (args: FetchRequest) => { readonly response: { readonly decode: unknown } };

/** Record batches exist since this version (Kafka 0.11). */
const FIRST_VERSION = 4;

/**
 * Makes kafkajs read every batch that a broker serves (ADR 19 says why). Replaces the function that decodes Fetch responses; the rest
 * remains with kafkajs. Calling it again has no effect.
 *
 * The spec compares the result with that of kafkajs, whose version is pinned in package-lock.json.
 */
export function readEveryBatch(): void {
  replaceProtocol<MakeRequest>('fetch', (protocol) => (options) => {
    const { version } = options;
    const make = protocol(options);
    if (version < FIRST_VERSION) return make;
    return (args) => {
      const made = make(args);
      const decode = (raw: Buffer): Promise<FetchResponse> => decodeFetchResponse(raw, version, args);
      return { ...made, response: { ...made.response, decode } };
    };
  });
}
