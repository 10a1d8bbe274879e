import { structuredPatch } from 'diff';
import { createHash } from 'node:crypto';
import { identityOf, layOut, parseManifests, type Identified } from './manifests-text.js';

/** Longer texts, such as dashboards and scripts, are files of the project, so only their size and digest are shown. */
const LONGEST_TEXT_LINES = 30;
const CONTEXT_LINES = 2;

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
  if (before === undefined) return `added: ${id}\n${after.replace(/^/gm, '+')}\n`;
  const { hunks } = structuredPatch('', '', `${before}\n`, `${after}\n`, '', '', { context: CONTEXT_LINES });
  return `changed: ${id}\n${hunks.map(({ lines }) => `@@\n${lines.join('\n')}\n`).join('')}`;
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
  // The alert rules are a file of the project, too.
  if ('kind' in value && value.kind === 'PrometheusRule') {
    return { ...value, spec: `(sha256 ${digestOf(JSON.stringify(value))})` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
