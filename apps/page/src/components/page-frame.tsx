import type { ComponentChildren } from 'preact';

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
      {filters === undefined ? null : (
        <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
          {filters}
        </form>
      )}
      {children}
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
