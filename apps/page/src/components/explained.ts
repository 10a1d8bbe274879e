import { signal } from '@preact/signals';
import type { FigureSource } from './source.js';

export type Row = Readonly<Record<string, unknown>>;

/** The figure whose explanation is shown. */
export interface Explained {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly column: string;
  readonly row: Row | null;
  /** As shown, for example 17.3 %. */
  readonly text: string;
  readonly source: FigureSource | null;
  /** Definition of a figure that is no column of the mart, such as a rate of the flow. */
  readonly definition?: string;
  /** Stays until it is closed; otherwise it leaves with the pointer or the focus. */
  readonly isPinned: boolean;
}

export const explained = signal<Explained | null>(null);

let hiding: ReturnType<typeof setTimeout> | undefined;
/** While the focus returns to a figure, which must not open its panel again. */
let isClosing = false;

export function explain(figure: Explained): void {
  clearTimeout(hiding);
  if (isClosing || (explained.value?.isPinned && !figure.isPinned)) return;
  explained.value = figure;
}

/** A moment later, so that the pointer can move into the panel. */
export function hideSoon(): void {
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    if (explained.value?.isPinned === false) explained.value = null;
  }, 200);
}

/** When the pointer moves over the panel or the focus is in it. A panel that opens below a resting pointer does not stay. */
export function keepShown(): void {
  clearTimeout(hiding);
}

/** Closes the panel and gives the focus back to its figure if the panel had it. */
export function closeExplained(): void {
  const shown = explained.value;
  explained.value = null;
  const { activeElement } = document;
  if (!shown || !(activeElement === document.body || activeElement?.closest('.explain'))) return;
  isClosing = true;
  shown.anchor.focus();
  isClosing = false;
}
