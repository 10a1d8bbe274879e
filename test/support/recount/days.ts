import type { Message } from './mart-data.js';

const DAY_MS = 86_400_000;

export type Dated = Message & { readonly date: string };

export const isDated = (message: Message): message is Dated => message.date !== null;

export const dayNumber = (date: string): number => Date.parse(date) / DAY_MS;

/** Whether the data ends less than seven days after this day. */
export function isRightCensored(date: string, messages: readonly Message[]): boolean {
  return Math.max(...messages.filter(isDated).map((message) => dayNumber(message.date))) - dayNumber(date) < 7;
}
