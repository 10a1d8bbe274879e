export function code(text: string): string {
  return `\`${text}\``;
}

export function codes(texts: readonly string[], separator = ', '): string {
  return texts.map(code).join(separator);
}

/** A pipe table of Markdown cells. Prettier aligns the columns. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(inCell).join(' | ')} |`).join('\n');
}

/** A line break or a bar would end the cell; a bar does so even in code. */
function inCell(markdown: string): string {
  return markdown.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

/**
 * A database comment as Markdown. `code` stays code; all other characters are literal, so Markdown in them is escaped. Bars are
 * escaped by the table.
 */
export function prose(text: string): string {
  return text
    .trim()
    .split(/(`[^`\n]+`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\`*_[\]<>~#]/g, escape)))
    .join('');
}

/** An underscore between letters needs no escape, and Prettier would remove it. */
function escape(character: string, at: number, text: string): string {
  const isInWord = character === '_' && /\w/.test(text[at - 1] ?? '') && /\w/.test(text[at + 1] ?? '');
  return isInWord ? character : `\\${character}`;
}

/** Anchors of headings as GitHub makes them; repeated titles get a number. */
export class Anchors {
  private readonly used = new Map<string, number>();

  next(title: string): string {
    const anchor = title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
    const times = this.used.get(anchor) ?? 0;
    this.used.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  }
}
