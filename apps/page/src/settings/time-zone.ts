import { effect, signal } from '@preact/signals';
import { readSetting, writeSetting } from './stored-setting.js';

export const TIME_ZONES = ['utc', 'local'] as const;
export type TimeZone = (typeof TIME_ZONES)[number];

/** Zone in which times are shown. Days of figures are always UTC. */
export const timeZone = signal<TimeZone>(readSetting('time-zone', TIME_ZONES, 'utc'));

export function storeTimeZone(): void {
  effect(() => writeSetting('time-zone', timeZone.value));
}
