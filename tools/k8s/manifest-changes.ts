import { createHash } from 'node:crypto';
import { identityOf, layOut, parseManifests, type Identified } from './manifests-text.js';

/** A longer text, such as a dashboard or a script, is a file of the project: its size and digest are shown instead. */
const LONGEST_TEXT_LINES = 30;
const CONTEXT_LINES = 2;

type Line = readonly [mark: ' ' | '+' | '-', text: string];

/**
 * The objects that `changed` adds to `base`, changes or removes, each with the lines that differ, as in a unified diff. An object
 * whose name ends in a hash of its content keeps its identity.
 * @param base YAML, like `changed`
 */
export function describeChanges(base: string, changed: string): string {
  const before = textsOf(base);
  const after = textsOf(changed);
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids
    .filter((id) => before.get(id) !== after.get(id))
    .map((id) => describeObject(id, before.get(id), after.get(id)))
    .join('\n');
}

function describeObject(id: string, before: string | undefined, after: string | undefined): string {
  if (after === undefined) return `removed: ${id}\n`;
  if (before === undefined) return `added: ${id}\n${linesOf(after, '+')}`;
  const hunks = hunksOf(compare(before.split('\n'), after.split('\n')));
  return `changed: ${id}\n${hunks.map((hunk) => `@@\n${hunk.map(([mark, text]) => `${mark}${text}\n`).join('')}`).join('')}`;
}

function linesOf(text: string, mark: '+'): string {
  return text.replace(/^/gm, mark) + '\n';
}

function textsOf(manifests: string): Map<string, string> {
  const objects = parseManifests(manifests) as Identified[];
  return new Map(objects.map((object) => [identityOf(object), layOut(shortened(object)).trimEnd()]));
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    const lines = value.split('\n').length;
    return lines > LONGEST_TEXT_LINES ? `(${lines} lines, sha256 ${digestOf(value)})` : value;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (value === null || typeof value !== 'object') return value;
  // The alert rules are a file of their own, too.
  if ('kind' in value && value.kind === 'PrometheusRule') {
    return { ...value, spec: `(sha256 ${digestOf(JSON.stringify(value))})` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** All lines of both, by their longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  // common[i][j]: how many lines the rest of `before` from i on and the rest of `after` from j on have in common.
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const isSame = before[i] === after[j];
      common[i]![j] = isSame ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push([' ', before[i++]!]);
      j++;
    } else if (j === after.length || (i < before.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(['-', before[i++]!]);
    } else {
      lines.push(['+', after[j++]!]);
    }
  }
  return lines;
}

/** The changed lines with a few unchanged ones around them. */
function hunksOf(lines: readonly Line[]): Line[][] {
  const changed = lines.flatMap(([mark], at) => (mark === ' ' ? [] : [at]));
  const hunks: Line[][] = [];
  let end = -1;
  for (const at of changed) {
    const begin = Math.max(0, at - CONTEXT_LINES);
    if (begin > end) hunks.push([]);
    const until = Math.min(lines.length, at + CONTEXT_LINES + 1);
    hunks.at(-1)!.push(...lines.slice(Math.max(begin, end), until));
    end = until;
  }
  return hunks;
}
