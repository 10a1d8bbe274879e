const FENCE = /^( *)(```+|~~~+).*\n[\s\S]*?^\1\2[ \t]*$/gm;
const CODE_SPAN = /(?<!`)`([^`\n]+)`(?!`)/g;

/** Fenced blocks and code spans of a document: what a reader may copy. */
export function codeOf(markdown: string): string[] {
  const blocks = markdown.match(FENCE) ?? [];
  const spans = [...markdown.replaceAll(FENCE, '').matchAll(CODE_SPAN)].map(([, code]) => code!);
  return [...blocks, ...spans];
}

/** Targets of links and pictures, those in code left out. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(FENCE, '').replaceAll(CODE_SPAN, '');
  return [...prose.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)\)|^\[[^\]]+\]: (\S+)/gm)].map(
    ([, inline, reference]) => (inline ?? reference)!,
  );
}

/** The anchors that GitHub gives to headings, and those written as <a id="…">. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set([...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id!));
  for (const [, heading] of markdown.replaceAll(FENCE, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = slugOf(heading!);
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** Rows of all tables whose first column has this title, as cells by column title. */
export function tableRows(markdown: string, firstColumn: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  let titles: string[] | undefined;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      titles = undefined;
      continue;
    }
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (titles === undefined) titles = cells;
    else if (titles[0] === firstColumn && !/^:?-+:?$/.test(cells[0]!)) {
      rows.push(Object.fromEntries(titles.map((title, i) => [title, cells[i] ?? ''])));
    }
  }
  return rows;
}
