import type { ServerResponse } from 'node:http';

/** What a listener needs of a response. */
export type EventTarget = Pick<
  ServerResponse,
  'write' | 'end' | 'destroy' | 'once' | 'writableNeedDrain' | 'destroyed' | 'writableEnded'
>;

/** A listener that reads nothing for this long is cut off. */
const BLOCKED_MS = 30_000;

interface Listener {
  readonly target: EventTarget;
  /** Since when it has not read what was written, in ms. */
  blockedSince: number | undefined;
}

/**
 * Writes the same bytes to all listeners. A listener that does not keep up misses events, so it never holds more than one event in
 * memory: each event is a whole state, and a newer one replaces those before.
 */
export class EventListeners {
  private readonly listeners = new Set<Listener>();

  /** @param onChange called with the number of listeners */
  constructor(private readonly onChange: (listeners: number) => void) {}

  get size(): number {
    return this.listeners.size;
  }

  /** @param first is written at once */
  add(target: EventTarget, first: readonly Buffer[]): void {
    const listener: Listener = { target, blockedSince: undefined };
    this.listeners.add(listener);
    target.once('close', () => this.remove(listener));
    target.once('error', () => this.remove(listener));
    for (const event of first) target.write(event);
    this.onChange(this.size);
  }

  send(event: Buffer, now = performance.now()): void {
    for (const listener of this.listeners) {
      const { target } = listener;
      if (target.destroyed || target.writableEnded) {
        this.remove(listener);
      } else if (!target.writableNeedDrain) {
        listener.blockedSince = undefined;
        target.write(event);
      } else {
        listener.blockedSince ??= now;
        if (now - listener.blockedSince >= BLOCKED_MS) {
          target.destroy();
          this.remove(listener);
        }
      }
    }
  }

  end(): void {
    for (const listener of this.listeners) {
      // A listener that reads nothing would block the shutdown.
      if (listener.target.writableNeedDrain) listener.target.destroy();
      else listener.target.end();
      this.remove(listener);
    }
  }

  private remove(listener: Listener): void {
    if (this.listeners.delete(listener)) this.onChange(this.size);
  }
}

/** One server-sent event. Its data is JSON, so it has no line breaks. */
export function eventBytes(type: string, id: string | undefined, json: string): Buffer {
  return Buffer.from(`event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${json}\n\n`);
}
