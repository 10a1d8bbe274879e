import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { explain, explained, hideSoon, type Row } from './explained.js';
import { useSource } from './source.js';

interface FigureProps {
  /** What it is called on the page, for example "Open rate". */
  readonly label: string;
  /** Column of the source; its definition is that of the mart. */
  readonly column: string;
  /** As shown; formatted. */
  readonly text: string;
  /** The value itself, for tests and links. */
  readonly value: string | number | boolean | null | undefined;
  /** The row, which has numerator, denominator and bounds. */
  readonly row?: Row | null;
  /** Identifies the figure in a link, together with the column; for example the row's key. */
  readonly name?: string;
  /** Only for figures that are no column of the mart. */
  readonly definition?: string;
  /** In a table, where arrow keys move the focus. */
  readonly tabIndex?: number;
  readonly class?: string;
  /** Shown instead of the text; the text is still what is read and copied. */
  readonly children?: ComponentChildren;
}

const HOVER_MS = 250;

/** A figure that explains itself on hover, focus, tap and Enter. */
export function Figure(props: FigureProps) {
  const { label, column, text, value, row = null, name = '', definition, tabIndex, class: className = '' } = props;
  const source = useSource();
  const button = useRef<HTMLButtonElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = figureId(column, name);

  const show = (isPinned: boolean) => {
    const anchor = button.current;
    const own = definition === undefined ? {} : { definition };
    if (anchor) explain({ anchor, label, column, row, text, source, isPinned, ...own });
  };
  useEffect(() => {
    // A link to a figure opens its explanation.
    if (location.hash !== `#${id}`) return;
    button.current?.scrollIntoView({ block: 'center' });
    show(true);
  }, []);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      if (explained.value?.anchor === button.current) explained.value = null;
    },
    [],
  );
  const isOpen = explained.value?.anchor === button.current && explained.value !== null;

  return (
    <button
      {...{ id, type: 'button', class: `figure ${className}`, ref: button }}
      {...(tabIndex === undefined ? {} : { tabIndex })}
      data-column={column}
      data-value={value ?? ''}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onPointerEnter={({ pointerType }) => {
        if (pointerType === 'mouse') timer.current = setTimeout(() => show(false), HOVER_MS);
      }}
      onPointerLeave={() => {
        clearTimeout(timer.current);
        hideSoon();
      }}
      onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && show(false)}
      onBlur={hideSoon}
      onClick={() => show(true)}
    >
      {props.children ?? text}
    </button>
  );
}

function figureId(column: string, name: string): string {
  return `f-${column}${name === '' ? '' : `-${encodeURIComponent(name)}`}`;
}
