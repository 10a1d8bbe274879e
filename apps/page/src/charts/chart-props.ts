import type { ComponentChildren } from 'preact';

/** What all charts take. */
export interface ChartProps {
  /** What is seen and its unit: "Open rate, % of delivered, by day". */
  readonly title: string;
  /** Level of the title as a heading. */
  readonly level?: 2 | 3 | 4;
  /** Beside the title, such as the button that explains the figure. */
  readonly actions?: ComponentChildren;
  /** A sentence below the title. */
  readonly note?: ComponentChildren;
  /** Height of the picture in px at the usual size of type. Lists take the height that they need. */
  readonly height?: number;
  /** REST address of the figures as CSV, if there is one. What is drawn can be saved in any case. */
  readonly csv?: string;
  /** Said in place of a picture without marks. */
  readonly empty?: string;
  /** For tests; the browser's otherwise. */
  readonly locale?: string;
}
