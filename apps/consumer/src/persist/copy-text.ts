import { contract, type Kind } from '#schema/contract.js';

/** Kinds whose canonical text can hold characters that COPY's text format gives a meaning. */
const FREE_TEXT: readonly Kind[] = ['text', 'open_set'];
const FREE_TEXT_AT = contract.columns.flatMap(({ kind }, i) => (FREE_TEXT.includes(kind) ? [i] : []));
const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

type Values = readonly (string | null)[];

/**
 * A row in the text format of PostgreSQL's COPY with NULL '': tab between columns, nothing for null. A clean value is
 * never empty, so that nothing else can be meant, and Array.join writes null in just this way.
 *
 * @param values canonical texts of all columns, in the contract's order
 */
export function copyLine(values: Values): string {
  return (needsEscape(values) ? escaped(values) : values).join('\t');
}

/** Some 60 KB: PostgreSQL reads a piece whole before it begins with it, so small ones let it work while the next is sent. */
const PIECE_ROWS = 256;

/** Lines as COPY reads them, in pieces. */
export function* copyText(rows: readonly { readonly line: string }[]): Generator<Buffer> {
  for (let at = 0; at < rows.length; at += PIECE_ROWS) {
    const lines = rows.slice(at, at + PIECE_ROWS).map(({ line }) => line);
    lines.push('');
    yield Buffer.from(lines.join('\n'));
  }
}

/** The text of a column that is not free text, at its position in a line. */
export function columnText(line: string, position: number): string {
  let start = 0;
  for (let i = 0; i < position; i++) start = line.indexOf('\t', start) + 1;
  const end = line.indexOf('\t', start);
  return end < 0 ? line.slice(start) : line.slice(start, end);
}

function needsEscape(values: Values): boolean {
  for (const at of FREE_TEXT_AT) {
    const value = values[at];
    if (value !== null && value !== undefined && SPECIAL.test(value)) return true;
  }
  return false;
}

function escaped(values: Values): Values {
  return values.map((value) => value && value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!));
}
