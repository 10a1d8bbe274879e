import { streamClientOf } from './open-stream.js';
import { Replay } from './replay.js';
import type { StreamClient } from './stream-client.js';
import type { StreamMessage } from './stream-messages.js';

/** What a tab tells the worker. */
export type TabMessage =
  { readonly kind: 'hello'; readonly api: string } | { readonly kind: 'wake' } | { readonly kind: 'bye' };

declare const self: { onconnect: ((event: MessageEvent) => void) | null };

/**
 * Shares one stream between all tabs. Without it, HTTP/1.1's limit of six connections to a server would make the seventh tab of a
 * browser wait for ever.
 */
const tabs = new Set<MessagePort>();
const replay = new Replay();
let client: StreamClient | undefined;

self.onconnect = ({ ports: [port] }) => {
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    switch (data.kind) {
      case 'hello':
        tabs.add(port);
        port.postMessage(replay.messages);
        client ??= start(data.api);
        return;
      case 'wake':
        client?.wake();
        return;
      case 'bye':
        tabs.delete(port);
        if (tabs.size > 0) return;
        client?.stop();
        client = undefined;
        replay.clear();
    }
  };
};

function start(api: string): StreamClient {
  const started = streamClientOf(api, (message: StreamMessage) => {
    replay.add(message);
    for (const tab of tabs) tab.postMessage([message]);
  });
  started.start();
  return started;
}
