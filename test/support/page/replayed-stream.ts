import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { waitUntil } from '../wait-until.js';
import type { Interception } from './page-proxy.js';

/** Events of a real stream, as they were received. */
export interface RecordedStream {
  readonly history: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Reads the first events of a gateway's stream. */
export async function recordStream(gateway: string): Promise<RecordedStream> {
  const abort = new AbortController();
  const response = await fetch(`${gateway}/api/v1/pipeline/events`, { signal: abort.signal });
  const found = new Map<string, Record<string, unknown>>();
  let text = '';
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (const [, name, data] of text.matchAll(/event: (\w+)\n(?:id: .*\n)?data: (.*)\n\n/g)) {
        found.set(name!, JSON.parse(data!) as Record<string, unknown>);
      }
      const [history, state] = [found.get('history'), found.get('pipeline')];
      if (history !== undefined && state !== undefined) return { history, state };
    }
  } finally {
    abort.abort();
  }
  throw new Error(`the stream ended: ${text.slice(0, 500)}`);
}

/** Sends a recorded stream with as many events as a test wants, as quickly as it wants. */
export class ReplayedStream {
  sent = 0;
  private target: ServerResponse | undefined;

  constructor(private readonly recorded: RecordedStream) {}

  /** For a PageProxy. */
  readonly intercept: Interception = (path, response) => {
    if (!path.startsWith('/api/v1/pipeline/events')) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.target = response;
    response.write(eventText('history', this.recorded.history));
    response.write(eventText('pipeline', this.recorded.state));
    return true;
  };

  get isOpen(): boolean {
    return this.target !== undefined && !this.target.destroyed;
  }

  /** Sends events of consecutive seconds, in which everything changes that changes in a running pipeline. */
  async send(events: number): Promise<void> {
    for (let i = 0; i < events; i++) {
      // After a silence, for example of a test that looks at the page, it connects again.
      const target = await waitUntil('somebody listens to the stream', () => (this.isOpen ? this.target : undefined));
      if (!target.write(eventText('pipeline', this.stateAfter(++this.sent)))) {
        await Promise.race([once(target, 'drain'), once(target, 'close')]);
      }
    }
  }

  private stateAfter(seconds: number): Record<string, unknown> {
    const { state } = this.recorded;
    const at = new Date(Date.parse(String(state['at'])) + seconds * 1000).toISOString();
    const stage = (count: number, perSecond: number) => ({ count, per_second: perSecond });
    const rows = 1_000_000 + seconds * 100;
    const wave = 1 + Math.sin(seconds / 20);
    return {
      ...state,
      at,
      stages: {
        produced: stage(rows + 5000, 1000 * wave),
        consumed: stage(rows, 900 * wave),
        stored: stage(rows - 700, 890 * wave),
        quarantined: stage(700 + Math.floor(seconds / 10), wave),
      },
      lag: {
        ...(state['lag'] as object),
        records: Math.round(5000 * wave),
        seconds: 5 * wave,
        partitions: [0, 1, 2].map((partition) => ({
          ...{ partition, records: Math.round(1000 * wave) + partition, seconds: wave },
          ...{ records_per_second: -10, clear_seconds: 100 },
        })),
      },
      mart: { ...(state['mart'] as object), changed_at: at },
    };
  }
}

function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
