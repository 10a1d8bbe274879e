import { contract, type Column, type FlagRule, type ReasonCode } from '#schema/contract.js';
import { acceptedValues, KINDS } from '../dictionary/accepted-values.js';
import { BLANK, BOOLEAN, DATE, FALSE, INTEGER, INTEGER_LIMITS, textOf, TIME, wordOf } from './patterns.js';

/** JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reasons that the schema cannot detect, each with the explanation. */
export const BEYOND_SCHEMA = {
  unparsable_line: 'a header of the record decides; such a record is an `unparsableLine`',
  unreadable_batch: 'there are no records to validate',
  too_large: 'it depends on the bytes of the record',
  not_json: 'there is no document to validate, or it is nested too deep or has too long a key',
  rejected_by_database: 'only PostgreSQL decides',
  time_order: 'it compares two values',
  date_mismatch: 'it compares two values',
} as const satisfies Partial<Record<ReasonCode, string>>;

const COLUMNS: readonly Column[] = contract.columns;

export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of a record by name: those of values, then `record` itself. */
export function recordSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    blank: {
      description:
        'No value: null, only ASCII white space, or one of the words NULL, \\N, nan and NaT in any case. An absent column means the same',
      type: ['string', 'null'],
      pattern: BLANK,
    },
    integer: {
      description: `${sentence(KINDS.integer)}. A number keeps all its digits; one with an exponent is rejected`,
      type: ['string', 'integer'],
      pattern: INTEGER,
      minimum: INTEGER_LIMITS.least,
      maximum: INTEGER_LIMITS.greatest,
    },
    boolean: {
      description: sentence(KINDS.boolean),
      type: ['string', 'boolean', 'integer'],
      pattern: BOOLEAN,
      minimum: 0,
      maximum: 1,
    },
    false: {
      description: 'A `boolean` that is false',
      anyOf: [{ enum: [false, 0] }, { type: 'string', pattern: FALSE }],
    },
    date: { description: sentence(KINDS.date), type: 'string', pattern: DATE },
    time: { description: sentence(KINDS.time), type: 'string', pattern: TIME },
    ...textSchemas(),
    record: {
      type: 'object',
      description: 'Columns of a row of `messages`. Unknown fields are ignored and counted.',
      required: COLUMNS.filter(({ required }) => required).map(({ name }) => name),
      properties: Object.fromEntries(COLUMNS.map((column) => [column.name, columnSchema(column)])),
      allOf: contract.flags.map(noContradiction),
    },
  };
}

/** For the kinds `text` and `open_set`, which accept the same texts and differ in what is stored. */
function textSchemas(): Record<string, JsonSchema> {
  const lengths = new Set(COLUMNS.flatMap(({ maxLength }) => maxLength ?? []));
  return Object.fromEntries(
    [...lengths].map((length) => [
      textName(length),
      {
        description: `Up to ${length} characters, any but NUL and lone surrogates. A number or boolean counts as its text`,
        type: ['string', 'number', 'boolean'],
        pattern: textOf(length),
      },
    ]),
  );
}

function textName(length: number): string {
  return `text${length}`;
}

function columnSchema(column: Column): JsonSchema {
  const description = `${column.description}. Accepted: ${acceptedValues(contract, column)}`;
  const value = valueSchema(column);
  return column.required
    ? { description, allOf: [value, { not: schemaRef('blank') }] }
    : { description, anyOf: [value, schemaRef('blank')] };
}

function valueSchema({ kind, values, maxLength }: Column): JsonSchema {
  if (values) return { type: 'string', pattern: wordOf(values) };
  return schemaRef(maxLength === undefined ? kind : textName(maxLength));
}

function noContradiction({ flag, times }: FlagRule): JsonSchema {
  return {
    description: `\`${flag}\` is not false if one of its times is set`,
    not: {
      required: [flag],
      properties: { [flag]: schemaRef('false') },
      anyOf: times.map((time) => ({ required: [time], properties: { [time]: { not: schemaRef('blank') } } })),
    },
  };
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
