import { contract, type Kind } from '#schema/contract.js';

/** Kinds whose canonical text can hold characters that COPY's text format gives a meaning. */
const FREE_TEXT: readonly Kind[] = ['text', 'open_set'];
const FREE_TEXT_AT = contract.columns.flatMap(({ kind }, i) => (FREE_TEXT.includes(kind) ? [i] : []));
const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

type Values = readonly (string | null)[];

/**
 * Rows in the text format of PostgreSQL's COPY with NULL '': tab between columns, nothing for null. A clean value is
 * never empty, so that nothing else can be meant, and Array.join writes null in just this way.
 *
 * @param rows canonical texts of all columns, in the contract's order
 */
export function copyText(rows: readonly { readonly values: Values }[]): Buffer {
  const lines = rows.map(({ values }) => (needsEscape(values) ? escaped(values) : values).join('\t'));
  lines.push('');
  return Buffer.from(lines.join('\n'));
}

function needsEscape(values: Values): boolean {
  return FREE_TEXT_AT.some((at) => {
    const value = values[at];
    return value !== null && value !== undefined && SPECIAL.test(value);
  });
}

function escaped(values: Values): Values {
  return values.map((value) => value && value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!));
}
