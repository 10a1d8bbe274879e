import { EVENT_NAMES, type Connection, type EventName, type StreamMessage } from './stream-messages.js';

/** The gateway sends an event at least once a second. After this silence the connection counts as broken. */
const SILENT_MS = 5000;

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 15_000;

/** The members of EventSource that are used here. */
export interface EventStream {
  addEventListener(name: string, listener: (event: { readonly data: string }) => void): void;
  addEventListener(name: 'error', listener: () => void): void;
  close(): void;
}

export interface StreamParts {
  /** Opens the stream. */
  readonly open: () => EventStream;
  /** Reads the state once; used while there is no stream, for example because the gateway has no free one. */
  readonly poll: () => Promise<string>;
  readonly listener: (message: StreamMessage) => void;
  readonly now?: () => number;
  /** From 0 to 1; spreads the attempts of many pages. */
  readonly random?: () => number;
}

/** How long to wait before an attempt: 1 s, 2 s, 4 s, … at most 15 s, each up to a fifth shorter. */
export function pauseBefore(attempt: number, random: number): number {
  const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(pause * (1 - random / 5));
}

/**
 * Keeps one event stream open: reconnects with growing pauses after an error or silence, and immediately after `wake`.
 * EventSource's own reconnection is not used: it has no growing pauses, and gives up after an HTTP error.
 */
export class StreamClient {
  private isRunning = false;
  private stream: EventStream | undefined;
  private connection: Connection = { state: 'connecting', attempt: 0, retryAt: null, receivedAt: null };
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(private readonly parts: StreamParts) {
    this.now = parts.now ?? Date.now;
    this.random = parts.random ?? Math.random;
  }

  start(): void {
    this.isRunning = true;
    this.connect();
  }

  stop(): void {
    this.isRunning = false;
    this.disconnect();
  }

  /** After sleep, or when the network is back: tries at once if the stream is not live. */
  wake(): void {
    const { state, receivedAt } = this.connection;
    const isSilent = receivedAt === null || this.now() - receivedAt > SILENT_MS;
    if (state === 'waiting' || (state === 'live' && isSilent)) this.connect();
  }

  private connect(): void {
    this.disconnect();
    this.tell({ state: 'connecting', retryAt: null });
    const stream = this.parts.open();
    this.stream = stream;
    for (const name of EVENT_NAMES) {
      stream.addEventListener(name, ({ data }) => {
        if (this.stream === stream) this.receive(name, data);
      });
    }
    stream.addEventListener('error', () => {
      if (this.stream === stream) this.waitAndRetry();
    });
    this.watch();
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    this.stream?.close();
    this.stream = undefined;
  }

  private receive(name: EventName, data: string): void {
    this.watch();
    this.deliver(name, data, { state: 'live', attempt: 0, retryAt: null });
  }

  private deliver(name: EventName, data: string, change: Partial<Connection>): void {
    this.connection = { ...this.connection, ...change, receivedAt: this.now() };
    this.parts.listener({ kind: 'event', name, data, connection: this.connection });
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.waitAndRetry(), SILENT_MS);
  }

  private waitAndRetry(): void {
    this.disconnect();
    const attempt = this.connection.attempt + 1;
    const pause = pauseBefore(attempt, this.random());
    this.tell({ state: 'waiting', attempt, retryAt: this.now() + pause });
    this.retry = setTimeout(() => this.connect(), pause);
    // The first failure may be a restart; from the second one on the state is read by itself.
    if (attempt > 1) void this.pollOnce();
  }

  private async pollOnce(): Promise<void> {
    try {
      const data = await this.parts.poll();
      if (this.isRunning && this.connection.state !== 'live') this.deliver('pipeline', data, {});
    } catch {
      // The gateway does not respond; the next attempt follows.
    }
  }

  private tell(change: Partial<Connection>): void {
    this.connection = { ...this.connection, ...change };
    this.parts.listener({ kind: 'connection', connection: this.connection });
  }
}
