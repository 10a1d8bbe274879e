import { describe, expect, it } from '@jest/globals';
import { anchorsOf, codeOf, linksOf, tableRows } from './markdown.js';

describe('linksOf', () => {
  it('returns inline links, pictures and reference definitions', () => {
    const text = 'A [link](a.md#b), ![a picture](c.svg) and [`code`](d.md).\n\n[ref]: e.md';
    expect(linksOf(text)).toEqual(['a.md#b', 'c.svg', 'd.md', 'e.md']);
  });

  it('ignores links in code', () => {
    expect(linksOf('`[a](b)`\n\n```\n[c](d)\n```\n')).toEqual([]);
  });
});

describe('anchorsOf', () => {
  it('names headings as GitHub does', () => {
    const text = '# /health: the `whole` pipeline\n## Stop it, kill it\n### A [link](b.md)\n';
    expect([...anchorsOf(text)]).toEqual(['health-the-whole-pipeline', 'stop-it-kill-it', 'a-link']);
  });

  it('numbers equal headings, and finds explicit anchors', () => {
    expect(anchorsOf('<a id="lag"></a>\n# Same\n# Same\n')).toEqual(new Set(['lag', 'same', 'same-1']));
  });

  it('ignores comments in code blocks', () => {
    expect(anchorsOf('```\n# no heading\n```\n').size).toBe(0);
  });
});

it('codeOf returns blocks and spans', () => {
  expect(codeOf('Run `npm test`:\n\n```\nnpm start\n```\n')).toEqual(['```\nnpm start\n```', 'npm test']);
});

it('tableRows returns the rows of tables whose first column has the given title', () => {
  const text = '| variable | default |\n| --- | --- |\n| `A` | 1 |\n\n| other |\n| --- |\n| x |\n';
  expect(tableRows(text, 'variable')).toEqual([{ variable: '`A`', default: '1' }]);
});
