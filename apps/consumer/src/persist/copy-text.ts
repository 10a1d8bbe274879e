import { contract, type Kind } from '#schema/contract.js';

/** Kinds whose canonical text can hold characters that COPY's text format gives a meaning. */
const FREE_TEXT: readonly Kind[] = ['text', 'open_set'];
const IS_FREE_TEXT = contract.columns.map(({ kind }) => FREE_TEXT.includes(kind));
const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Rows in the text format of PostgreSQL's COPY, as its manual has it: tab between columns, \N for null.
 *
 * @param rows canonical texts of all columns, in the contract's order
 */
export function copyText(rows: Iterable<{ readonly values: readonly (string | null)[] }>): Buffer {
  let text = '';
  for (const { values } of rows) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (i > 0) text += '\t';
      if (value === null || value === undefined) text += '\\N';
      else if (IS_FREE_TEXT[i] && SPECIAL.test(value)) text += value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!);
      else text += value;
    }
    text += '\n';
  }
  return Buffer.from(text);
}
