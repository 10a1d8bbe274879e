import { replaceProtocol } from '../replace-protocol.js';
import { decodeFetchResponse, type FetchRequest, type FetchResponse } from './fetch-response.js';

type MakeRequest = (args: FetchRequest) => { readonly response: { readonly decode: unknown } };

/** Before that, brokers (older than Kafka 0.11) know no record batches. */
const FIRST_VERSION = 4;

/**
 * Lets kafkajs read every batch that a broker serves (docs/adr/0019 has why). It replaces one function, the one that decodes answers
 * to Fetch requests. Everything else stays kafkajs' own. Safe to call again.
 *
 * The spec compares what it gives with what kafkajs gives; package-lock.json pins the version it holds for.
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
