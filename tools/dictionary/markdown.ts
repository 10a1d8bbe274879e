export function code(text: string): string {
  return `\`${text}\``;
}

export function codes(texts: readonly string[], separator = ', '): string {
  return texts.map(code).join(separator);
}

/** A pipe table. Cells are Markdown already. Aligning the columns is Prettier's work. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(inCell).join(' | ')} |`).join('\n');
}

/** A line break or a bar would end the cell, the latter in code as well. */
function inCell(markdown: string): string {
  return markdown.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

/**
 * A comment of the database as Markdown. It is plain text but for `code`, which stays code; all other characters mean
 * themselves. Bars are left to the table.
 */
export function prose(text: string): string {
  return text
    .trim()
    .split(/(`[^`\n]+`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\`*_[\]<>~#]/g, escape)))
    .join('');
}

/** Between letters an underscore is no mark, and Prettier would take its backslash away. */
function escape(character: string, at: number, text: string): string {
  const isInWord = character === '_' && /\w/.test(text[at - 1] ?? '') && /\w/.test(text[at + 1] ?? '');
  return isInWord ? character : `\\${character}`;
}

/** Anchors of headings as GitHub makes them; a title that comes again gets a number. */
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
