import { contract, type Column, type Kind } from './contract.js';

/** Options for COPY … FROM. A clean value is never empty, so an empty field can stand for null. */
export const COPY_OPTIONS = "WITH (NULL '')";

/** Kinds that can contain characters with a meaning in COPY's text format. */
const FREE_TEXT: readonly Kind[] = ['text', 'open_set'];
const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

type Values = readonly (string | null)[];

/** Formats the clean values of a row as one line for COPY in text format, without the newline. */
export type CopyLine = (values: Values) => string;

export function copyLineOf(columns: readonly Pick<Column, 'kind'>[]): CopyLine {
  const freeTextAt = columns.flatMap(({ kind }, i) => (FREE_TEXT.includes(kind) ? [i] : []));
  const needsEscape = (values: Values) => {
    for (const at of freeTextAt) {
      const value = values[at];
      if (value !== null && value !== undefined && SPECIAL.test(value)) return true;
    }
    return false;
  };
  // Array.join writes null as an empty string.
  return (values) => (needsEscape(values) ? escaped(values) : values).join('\t');
}

/** For rows of `messages`: all columns, in the contract's order. */
export const copyLine = copyLineOf(contract.columns);

/** The value at a position of a line. Free text is returned as it is escaped. */
export function copiedValue(line: string, position: number): string {
  let start = 0;
  for (let i = 0; i < position; i++) start = line.indexOf('\t', start) + 1;
  const end = line.indexOf('\t', start);
  return end < 0 ? line.slice(start) : line.slice(start, end);
}

function escaped(values: Values): Values {
  return values.map((value) => value && value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!));
}
