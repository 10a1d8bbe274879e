import { contract, type Column, type Kind, type TableContract } from '#schema/contract.js';
import { code, codes } from './markdown.js';

/** The accepted form of each kind of value, in words. */
export const KINDS: Readonly<Record<Kind, string>> = {
  integer: 'an optional sign and digits, within 64 bits; up to 2^53 also with a decimal point and zeros',
  boolean: '`t`, `true`, `1`, `1.0` or `f`, `false`, `0`, `0.0`, in upper or lower case',
  date: `\`YYYY-MM-DD\`, a valid day of the years ${contract.years.from} to ${contract.years.to - 1}; a time of midnight (UTC) may follow`,
  time: `\`YYYY-MM-DD HH:MM:SS\` in UTC, a valid time from 2000 to 2099; optional: a fraction of up to six digits, a \`T\` before the time, and a \`Z\` or an offset (\`+02:00\`, \`+0200\`, \`+02\`, \` UTC\`) at the end`,
  text: 'any characters except NUL and lone surrogates',
  closed_set: 'one of the values listed for the column, in upper or lower case; stored in lower case',
  open_set: 'as `text`; stored in lower case',
};

/** The accepted values of a column, as Markdown: kind, limits, then rules across columns, which also fill in missing values. */
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
          `if missing, true if ${codes(times, ' or ')} is set, else false; ${code('contradiction')} if false although ${times.length > 1 ? 'one' : 'it'} is set`,
      ),
    ...contract.orders
      .filter(({ last }) => last === name)
      .map(({ first }) => `not before ${code(first)}, else ${code('time_order')}`),
    ...contract.dates
      .filter(({ date }) => date === name)
      .map(({ time }) => `if missing, the day of ${code(time)}; ${code('date_mismatch')} if another day`),
    ...(name === contract.versionColumn
      ? [`of the rows with the same ${codes(contract.primaryKey)}, the one with the greatest value is kept`]
      : []),
  ];
}
