import { type Prng } from '../prng.js';
import { COLUMNS } from '../message.js';

/** One way to make a line that is not a CSV record; the following lines stay intact. */
export interface BrokenLine {
  readonly name: string;
  /** @param turn counts the uses, so that variants take turns */
  make(line: string, turn: number, prng: Prng): Buffer;
}

/** Invalid UTF-8: a byte that never occurs, a truncated and an overlong sequence, a surrogate, a code point above U+10FFFF. */
const INVALID_UTF8 = ['ff', 'd0', 'e282', 'c080', 'eda080', 'f4908080'].map((hex) => Buffer.from(hex, 'hex'));

export const BROKEN_LINES: readonly BrokenLine[] = [
  {
    name: 'too few fields',
    make: (line, _, prng) =>
      Buffer.from(
        line
          .split(',')
          .slice(0, prng.between(1, COLUMNS.length - 1))
          .join(','),
      ),
  },
  { name: 'too many fields', make: (line, turn) => Buffer.from(line + [',', ',x', ',,,2021-05-01'][turn % 3]!) },
  { name: 'text after a closing quote', make: (line) => Buffer.from(withCategory(line, '"ab"c')) },
  { name: 'a quote within a field without quotes', make: (line) => Buffer.from(withCategory(line, 'ab"c')) },
  {
    name: 'invalid UTF-8',
    make: (line, turn) => {
      const [before, after] = withCategory(line, '\0').split('\0');
      return Buffer.concat([Buffer.from(before!), INVALID_UTF8[turn % INVALID_UTF8.length]!, Buffer.from(after!)]);
    },
  },
];

function withCategory(line: string, field: string): string {
  const fields = line.split(',');
  fields[COLUMNS.indexOf('category')] = field;
  return fields.join(',');
}
