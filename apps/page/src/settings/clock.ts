import { signal } from '@preact/signals';

/** This machine's time in ms, read once a second, for ages and countdowns. */
export const now = signal(Date.now());

export function startClock(): void {
  setInterval(() => (now.value = Date.now()), 1000);
}
