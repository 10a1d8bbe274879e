import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { LivePage } from './live-page.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

/**
 * Runs axe on the page as it is.
 *
 * @param rules only these, which is quicker
 * @returns findings, one a line
 */
export async function accessibilityProblems(live: LivePage, rules?: readonly string[]): Promise<string[]> {
  const { page } = live;
  const { width, height } = page.viewportSize()!;
  // In a low window the foot of the page lies over what axe measures; a reader scrolls.
  await live.resize(width, Math.max(height, await page.evaluate<number>('document.documentElement.scrollHeight')));
  try {
    return await problemsOf(live, rules);
  } finally {
    await live.resize(width, height);
  }
}

async function problemsOf({ page }: LivePage, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(AXE);
  const runOnly = rules === undefined ? { type: 'tag', values: TAGS } : { type: 'rule', values: rules };
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResult>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${id}: ${help}: ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`,
    ),
  );
}
