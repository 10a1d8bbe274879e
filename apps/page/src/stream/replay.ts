import type { StreamMessage } from './stream-messages.js';

/** At two events a second, the five minutes that the page shows. */
const MAX_EVENTS = 600;

/** What a tab needs that joins a running stream: the latest history, the events since then, and the connection. */
export class Replay {
  private events: StreamMessage[] = [];
  private connection: StreamMessage | undefined;

  add(message: StreamMessage): void {
    this.connection = { kind: 'connection', connection: message.connection };
    if (message.kind === 'connection') return;
    if (message.name === 'history') this.events = [];
    this.events.push(message);
    if (this.events.length > MAX_EVENTS) {
      const keepsHistory = this.events[0]?.kind === 'event' && this.events[0].name === 'history';
      this.events.splice(keepsHistory ? 1 : 0, 1);
    }
  }

  get messages(): readonly StreamMessage[] {
    return this.connection === undefined ? this.events : [...this.events, this.connection];
  }

  clear(): void {
    this.events = [];
    this.connection = undefined;
  }
}
