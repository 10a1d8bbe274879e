import { useEffect, useId, useRef } from 'preact/hooks';
import { explain, explained } from '../components/explained.js';
import { useSource } from '../components/source.js';

interface DefinitionProps {
  /** What a chart shows: "Open rate, % of delivered". */
  readonly text: string;
  /** Its column of the mart. */
  readonly column: string;
}

/** Explains what a chart shows: the column's definition, and where its figures come from. */
export function Definition({ text, column }: DefinitionProps) {
  const source = useSource();
  const button = useRef<HTMLButtonElement>(null);
  const suffix = useId();
  const show = () => {
    const anchor = button.current;
    if (anchor) explain({ anchor, label: 'Definition', column, row: null, text, source, isPinned: true });
  };
  useEffect(
    () => () => {
      if (explained.value?.anchor === button.current) explained.value = null;
    },
    [],
  );
  return (
    <button
      {...{ type: 'button', ref: button, id: `d-${column}-${suffix}`, class: 'definition', onClick: show }}
      aria-haspopup="dialog"
      aria-label={`What is this? ${text}`}
    >
      What is this?
    </button>
  );
}
