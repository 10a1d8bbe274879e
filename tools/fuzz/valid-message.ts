import { contract, type ColumnName } from '#schema/contract.js';
import { type Prng } from '#sample-data/prng.js';

/** Canonical texts by column, in the contract's order; a column without a value is absent. */
export type Fields = Map<ColumnName, string>;

const FIRST_DAY = Date.UTC(contract.years.from, 0, 1);
const LAST_DAY = Date.UTC(contract.years.to, 0, 1) - 86_400_000;

/** A message that every rule of the contract accepts unchanged, with at most half of its optional columns on average. */
export function validMessage(prng: Prng): Fields {
  const values = new Map<string, string>();
  const sentAt = moment(prng);
  if (prng.chance(0.7)) {
    values.set('sent_at', sentAt);
    values.set('date', sentAt.slice(0, 10));
  }
  for (const { flag, times } of contract.flags) {
    const happened = prng.chance(0.5);
    values.set(flag, happened ? 't' : 'f');
    const first = moment(prng);
    // Often the same moment twice, which is valid.
    const moments = times.map(() => (prng.chance(0.4) ? first : moment(prng))).sort();
    times.forEach((time, i) => {
      if (happened && prng.chance(0.8)) values.set(time, moments[i]!);
    });
  }
  const fields: Fields = new Map();
  for (const column of contract.columns) {
    const { name, kind } = column;
    const required = 'required' in column;
    const value = values.get(name);
    if (value !== undefined) fields.set(name, value);
    else if (required || (!RULED.has(name) && prng.chance(0.4))) fields.set(name, VALUE_OF[kind](prng, column));
  }
  for (const { first, last } of contract.orders) {
    const [start, end] = [fields.get(first), fields.get(last)];
    if (start !== undefined && end !== undefined && end < start) fields.set(last, start);
  }
  return fields;
}

/** Columns that rules across columns connect; they are set above or not at all. */
const RULED = new Set<string>([
  ...contract.flags.flatMap(({ flag, times }) => [flag, ...times]),
  ...contract.dates.flatMap(({ date, time }) => [date, time]),
]);

type Column = (typeof contract.columns)[number];

const VALUE_OF: Record<Column['kind'], (prng: Prng, column: Column) => string> = {
  integer: (prng) => String(prng.between(1, prng.pick([9, 99_999, 4_294_967_295]))),
  boolean: (prng) => prng.pick(['t', 'f']),
  date: (prng) => moment(prng).slice(0, 10),
  time: moment,
  text: (prng) =>
    prng.pick(['shoes', 'a b', 'д', '83882384-ed41-4a0d-93f7-b9fc926a6d7c', '=1', 'a\\b', 'x"y', '😀', '1']),
  open_set: (prng) => prng.pick(['smartphone', 'mail.ru', 'ios', 'ü', 'a\tb']),
  closed_set: (prng, column) => prng.pick('values' in column ? column.values : ['']),
};

/** Usually in a few years, sometimes at an end of the contract's century. */
function moment(prng: Prng): string {
  const day = prng.chance(0.1)
    ? prng.pick([FIRST_DAY, LAST_DAY, Date.UTC(2024, 1, 29)])
    : FIRST_DAY + prng.below(9_000) * 86_400_000;
  const text = new Date(day + prng.below(86_400) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return prng.chance(0.5) ? text : `${text}.${prng.pick(['1', '000001', '25', '999999', '05'])}`;
}
