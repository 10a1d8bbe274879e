import { effect, signal } from '@preact/signals';
import { BASE } from '../base.js';
import { PAGES, type PageName } from '../pages.js';

/** How long each page stays on the wall. */
const EACH_MS = 20_000;

/** Set by `?wall` in the address: no navigation, larger type, one page after the other. */
export const isWall = new URLSearchParams(location.search).has('wall');

/** Why the wall stays on Flow, for example because a component is down; null while all is well. */
export const holdWall = signal<string | null>(null);

const ROTATION: readonly PageName[] = PAGES.filter(({ group }) => group === 'pipeline' || group === 'mart').map(
  ({ name }) => name,
);

/** @param go navigates without leaving the wall */
export function startWall(go: (url: string) => void): void {
  if (!isWall) return;
  document.documentElement.dataset.wall = '';
  const at = (name: PageName) => `${BASE}${name}?wall`;
  const current = () => ROTATION.findIndex((name) => location.pathname === BASE + name);
  setInterval(() => {
    if (holdWall.value === null) go(at(ROTATION[(current() + 1) % ROTATION.length]!));
  }, EACH_MS);
  effect(() => {
    if (holdWall.value !== null && current() !== 0) go(at(''));
  });
}
