import { effect, signal } from '@preact/signals';
import { readSetting, writeSetting } from './stored-setting.js';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>(readSetting('theme', THEMES, 'system'));

const systemIsDark = signal(false);

/** Keeps the document in the chosen theme, or in the system's. */
export function applyTheme(): void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  systemIsDark.value = media.matches;
  media.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));
  effect(() => {
    const dark = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    writeSetting('theme', theme.value);
  });
}
