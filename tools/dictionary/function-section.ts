import { fullName, type CatalogArgument, type CatalogFunction } from './catalog.js';
import { prose } from './markdown.js';
import type { Section } from './sections.js';

/** A function: its SQL signature with the columns it returns, and its comment. */
export function functionSection(entry: CatalogFunction, level: Section['level']): Section {
  const body = ['```sql', signatureOf(entry), '```', '', prose(entry.comment ?? '')].join('\n');
  return { level, title: fullName(entry), body };
}

const MODES: Readonly<Record<CatalogArgument['mode'], string>> = {
  in: '',
  out: 'OUT',
  inout: 'INOUT',
  variadic: 'VARIADIC',
  table: '',
};

function signatureOf(entry: CatalogFunction): string {
  const columns = entry.arguments.filter(({ mode }) => mode === 'table');
  const call = `${fullName(entry)}${inBrackets(entry.arguments.filter(({ mode }) => mode !== 'table'))}`;
  if (entry.result === null) return call;
  return `${call} RETURNS ${columns.length === 0 ? entry.result : `TABLE ${inBrackets(columns)}`}`;
}

/** One argument per line if there are several. */
function inBrackets(args: readonly CatalogArgument[]): string {
  const parts = args.map(({ name, mode, type, default: byDefault }) =>
    [MODES[mode], name ?? '', type, byDefault === null ? '' : `DEFAULT ${byDefault}`]
      .filter((word) => word !== '')
      .join(' '),
  );
  return parts.length < 2 ? `(${parts.join('')})` : `(\n${parts.map((part) => `  ${part}`).join(',\n')}\n)`;
}
