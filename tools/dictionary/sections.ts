import { Anchors } from './markdown.js';

/** A heading with what stands below it. */
export interface Section {
  readonly level: 2 | 3 | 4;
  readonly title: string;
  readonly body: string;
}

/** Sections one after the other, with a table of contents before them. */
export function withContents(sections: readonly Section[]): string {
  const anchors = new Anchors();
  const contents = sections.map(({ level, title }) => `${'  '.repeat(level - 2)}- [${title}](#${anchors.next(title)})`);
  const texts = sections.map(({ level, title, body }) => `${'#'.repeat(level)} ${title}\n\n${body}`);
  return [contents.join('\n'), ...texts].join('\n\n');
}
