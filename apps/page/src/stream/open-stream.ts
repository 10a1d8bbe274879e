import { StreamClient } from './stream-client.js';
import type { StreamMessage } from './stream-messages.js';

const POLL_WITHIN_MS = 5000;

/** @param api address of the gateway's pipeline resource, without its events */
export function streamClientOf(api: string, listener: (message: StreamMessage) => void): StreamClient {
  return new StreamClient({
    open: () => new EventSource(`${api}/events`),
    poll: async () => {
      const response = await fetch(api, { signal: AbortSignal.timeout(POLL_WITHIN_MS) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.text();
    },
    listener,
  });
}
