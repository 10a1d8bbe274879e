import { Anchors } from './markdown.js';

/** A heading with its content. */
export interface Section {
  readonly level: 2 | 3 | 4;
  readonly title: string;
  readonly body: string;
}

/** The sections in order, with a table of contents before them. */
export function withContents(sections: readonly Section[]): string {
  const anchors = new Anchors();
  const contents = sections.map(({ level, title }) => `${'  '.repeat(level - 2)}- [${title}](#${anchors.next(title)})`);
  const texts = sections.map(({ level, title, body }) => `${'#'.repeat(level)} ${title}\n\n${body}`);
  return [contents.join('\n'), ...texts].join('\n\n');
}
