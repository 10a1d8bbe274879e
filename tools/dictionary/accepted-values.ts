import { contract, type Column, type Kind, type TableContract } from '#schema/contract.js';
import { code, codes } from './markdown.js';

/** How a value of each kind is read, in words. */
export const KINDS: Readonly<Record<Kind, string>> = {
  integer: 'an optional sign and digits, within 64 bits; up to 2^53 also with a decimal point and zeros after it',
  boolean: '`t`, `true`, `1`, `1.0` or `f`, `false`, `0`, `0.0`, in upper or lower case',
  date: `\`YYYY-MM-DD\`, a real day of the years ${contract.years.from} to ${contract.years.to - 1}; a time of midnight (UTC) after it is accepted`,
  time: `\`YYYY-MM-DD HH:MM:SS\` in UTC, a real moment of the same years; up to six digits of a fraction, a \`T\` before the time, and a \`Z\` or an offset (\`+02:00\`, \`+0200\`, \`+02\`, \` UTC\`) at the end are accepted`,
  text: 'any characters but NUL and lone surrogates',
  closed_set: 'one of the values that the column lists, in upper or lower case; stored in lower case',
  open_set: 'as `text`; stored in lower case',
};

/** What a column accepts and what becomes of a missing value, as Markdown: kind, limits, then rules across columns. */
export function acceptedValues({ table }: Pick<TableContract, 'table'>, column: Column): string {
  const rules = [kindOf(column)];
  if (column.required) rules.push('required');
  if (table === contract.table) rules.push(...rulesAcross(column.name));
  return rules.join('; ');
}

function kindOf({ kind, maxLength, values }: Column): string {
  if (values) return `${code(kind)}: ${codes(values)}`;
  return maxLength === undefined ? code(kind) : `${code(kind)}, at most ${maxLength} characters`;
}

function rulesAcross(name: string): string[] {
  return [
    ...contract.flags
      .filter(({ flag }) => flag === name)
      .map(
        ({ times }) =>
          `where missing, true if ${codes(times, ' or ')} is there, else false; ${code('contradiction')} if false although ${times.length > 1 ? 'one' : 'it'} is there`,
      ),
    ...contract.orders
      .filter(({ last }) => last === name)
      .map(({ first }) => `not before ${code(first)}, else ${code('time_order')}`),
    ...contract.dates
      .filter(({ date }) => date === name)
      .map(({ time }) => `where missing, the day of ${code(time)}; ${code('date_mismatch')} if another day`),
    ...(name === contract.versionColumn
      ? [`of rows with the same ${codes(contract.primaryKey)} the one with the greatest value stays`]
      : []),
  ];
}
