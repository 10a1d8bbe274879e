import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

interface PageFrameProps {
  /** Name of the page, read before the sentence. */
  readonly title: string;
  /** The answer to the reader's first question; null while it is not known. */
  readonly sentence: ComponentChildren;
  /** One or two more lines below it. */
  readonly detail?: ComponentChildren;
  readonly filters?: ComponentChildren;
  /** Whether a changed sentence is spoken; default true. False if its figures change all the time. */
  readonly isLive?: boolean;
  readonly children?: ComponentChildren;
}

/** Every page: the sentence, the filters, the content. */
export function PageFrame({ title, sentence, detail, filters, isLive = true, children }: PageFrameProps) {
  return (
    <>
      <header class="page-head">
        <h1 class="sentence" aria-live={isLive ? 'polite' : undefined}>
          <span class="visually-hidden">{title}: </span>
          {sentence ?? <span class="secondary">{title}</span>}
        </h1>
        {detail === undefined ? null : <div class="page-detail">{detail}</div>}
      </header>
      {filters === undefined ? null : <Filters>{filters}</Filters>}
      {children}
    </>
  );
}

/** On a phone they are behind a button, because they would fill the screen. */
function Filters({ children }: { readonly children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        class="button filters-button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        Filters
      </button>
      <form
        {...{ id, class: 'filters' }}
        aria-label="Filters"
        data-open={String(isOpen)}
        onSubmit={(event) => event.preventDefault()}
      >
        {children}
      </form>
    </>
  );
}

/** A part of a page with a heading. */
export function Section({
  title,
  note,
  children,
}: {
  readonly title: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="page-section">
      <h2>{title}</h2>
      {note === undefined ? null : <p class="secondary">{note}</p>}
      {children}
    </section>
  );
}
