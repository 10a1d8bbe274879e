/** How the stream is doing. Times are ms since the epoch, by this machine's clock. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'waiting';
  /** Attempts since the last event; 0 while events arrive. */
  readonly attempt: number;
  /** When the next attempt begins; null unless waiting. */
  readonly retryAt: number | null;
  /** When the newest event arrived; null before the first. */
  readonly receivedAt: number | null;
}

/** What the stream tells its tabs: an event with the state of the connection, or only that. `data` is the JSON text of the event. */
export type StreamMessage =
  | { readonly kind: 'event'; readonly name: EventName; readonly data: string; readonly connection: Connection }
  | { readonly kind: 'connection'; readonly connection: Connection };

export const EVENT_NAMES = ['history', 'pipeline'] as const;
export type EventName = (typeof EVENT_NAMES)[number];
