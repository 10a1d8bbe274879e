import { batch, signal } from '@preact/signals';
import type { components } from '../api/openapi.js';
import { gatewayUrl } from '../base.js';
import { RecentSamples, type History, type Sample } from './recent-samples.js';
import { streamClientOf } from './open-stream.js';
import type { Connection, StreamMessage } from './stream-messages.js';
import type { TabMessage } from './stream-worker.js';

export type PipelineState = components['schemas']['PipelineState'];

/** The newest state of the pipeline; null before the first event. It stays while the stream is broken. */
export const pipeline = signal<PipelineState | null>(null);

export const connection = signal<Connection>({ state: 'connecting', attempt: 0, retryAt: null, receivedAt: null });

/** The last five minutes, one sample a second, oldest first; empty before the first event. */
export const samples = signal<readonly Sample[]>([]);
const recent = new RecentSamples();

/** Starts the stream for this tab, shared with the browser's other tabs where the browser can. */
export function startStream(): void {
  const api = gatewayUrl('api/v1/pipeline');
  const wake = 'SharedWorker' in globalThis ? startShared(api) : startOwn(api);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake();
  });
  addEventListener('online', wake);
}

function startShared(api: string): () => void {
  const worker = new SharedWorker(new URL('./stream-worker.ts', import.meta.url), { type: 'module', name: api });
  const { port } = worker;
  const send = (message: TabMessage) => port.postMessage(message);
  port.onmessage = ({ data }: MessageEvent<readonly StreamMessage[]>) => receive(data);
  send({ kind: 'hello', api });
  let wake = () => send({ kind: 'wake' });
  worker.onerror = () => {
    // The worker cannot run here, for example because of a policy of the browser.
    wake = startOwn(api);
  };
  addEventListener('pagehide', () => send({ kind: 'bye' }));
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) send({ kind: 'hello', api });
  });
  return () => wake();
}

function startOwn(api: string): () => void {
  const client = streamClientOf(api, (message) => receive([message]));
  client.start();
  addEventListener('pagehide', () => client.stop());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) client.start();
  });
  return () => client.wake();
}

/** All of them are one change for what shows them: a tab that joins receives the events of five minutes. */
function receive(messages: readonly StreamMessage[]): void {
  batch(() => {
    for (const message of messages) {
      connection.value = message.connection;
      if (message.kind === 'event') receiveEvent(message);
    }
  });
}

function receiveEvent(message: StreamMessage & { readonly kind: 'event' }): void {
  const event: unknown = JSON.parse(message.data);
  if (message.name === 'pipeline') {
    pipeline.value = event as PipelineState;
    if (recent.add(event as PipelineState)) samples.value = recent.slots();
  } else {
    recent.begin(event as History);
    samples.value = recent.slots();
  }
}
