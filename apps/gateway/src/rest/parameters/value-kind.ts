import { valuesOf } from '#schema/columns.js';

/** The kind of a parameter's value: how it is checked, bound in SQL and documented. */
export interface ValueKind {
  /** PostgreSQL type that the text is cast to. */
  readonly sqlType: string;
  /** Completes the error message "must be …". */
  readonly accepted: string;
  readonly accepts: (text: string) => boolean;
  /** Everything that is wrong with a text that is not accepted. Default: "must be" and `accepted`. */
  readonly problems?: (text: string) => readonly string[];
  /** For the OpenAPI document. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The text is JSON, and the schema describes its value. */
  readonly isJson?: true;
}

const MAX_TEXT = 255;

export function oneOf(values: readonly string[]): ValueKind {
  return {
    sqlType: 'text',
    accepted: `one of ${values.join(', ')}`,
    accepts: (text) => values.includes(text),
    schema: { type: 'string', enum: values },
  };
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 100));

/** One or more of the values, separated by commas, each at most once. */
export function listOf(values: readonly string[]): ValueKind {
  const problems = (text: string): string[] => {
    const parts = text.split(',');
    const unknown = [...new Set(parts)].filter((part) => !values.includes(part));
    const repeated = values.filter((value) => parts.indexOf(value) !== parts.lastIndexOf(value));
    return [
      ...(unknown.length > 0
        ? [`has unknown names (${unknown.map(quoted).join(', ')}); known are ${values.join(', ')}`]
        : []),
      ...repeated.map((value) => `repeats ${value}`),
    ];
  };
  return {
    ...{ sqlType: 'text', accepted: `a list of ${values.join(', ')}, separated by commas`, problems },
    accepts: (text) => problems(text).length === 0,
    schema: { type: 'array', items: { type: 'string', enum: values }, minItems: 1, uniqueItems: true },
  };
}

/** An empty string selects rows without a value. */
export const TEXT: ValueKind = {
  sqlType: 'text',
  accepted: `at most ${MAX_TEXT} characters without NUL`,
  accepts: (text) => text.length <= MAX_TEXT && !text.includes('\0'),
  schema: { type: 'string', maxLength: MAX_TEXT },
};

export const BOOLEAN: ValueKind = {
  sqlType: 'boolean',
  accepted: 'true or false',
  accepts: (text) => text === 'true' || text === 'false',
  schema: { type: 'boolean' },
};

export const DAY: ValueKind = {
  sqlType: 'date',
  accepted: 'a date as YYYY-MM-DD',
  accepts: isDay,
  schema: { type: 'string', format: 'date' },
};

const MAX_INTEGER = 2_147_483_647;

export function integer(min: number, max: number): ValueKind {
  return {
    // PostgreSQL casts an integer argument to bigint implicitly, but not a bigint to integer.
    sqlType: max <= MAX_INTEGER ? 'integer' : 'bigint',
    accepted: `an integer from ${min} to ${max}`,
    accepts: (text) => /^-?\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max,
    schema: { type: 'integer', minimum: min, maximum: max },
  };
}

/** A 64-bit integer. Text in JSON, because JavaScript rounds large numbers. */
export const ID: ValueKind = {
  sqlType: 'bigint',
  accepted: 'a 64-bit integer',
  accepts: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  schema: { type: 'string', pattern: '^-?\\d{1,19}$' },
};

/** Not empty: every message has one. */
export const MESSAGE_ID: ValueKind = {
  ...TEXT,
  accepted: `1 to ${MAX_TEXT} characters without NUL`,
  accepts: (text) => text !== '' && TEXT.accepts(text),
  schema: { ...TEXT.schema, minLength: 1 },
};

export const PRICE: ValueKind = {
  sqlType: 'numeric',
  accepted: 'a non-negative number with at most 9 digits before and 9 after the decimal point',
  accepts: (text) => /^\d{1,9}(\.\d{1,9})?$/.test(text),
  schema: { type: 'number', minimum: 0 },
};

/** In JSON a campaign's id is a number as far as JavaScript keeps its digits, otherwise text. */
export const CAMPAIGN_ID_IN_JSON = {
  type: ['integer', 'string'],
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  pattern: '^-?\\d{16,19}$',
};

export const CHANNEL = oneOf(valuesOf('channel'));
export const MESSAGE_TYPE = oneOf(valuesOf('message_type'));

/** Channels, and the value of rows that are about no single one. */
export const channelOr = (other: string) => oneOf([...valuesOf('channel'), other]);
export const messageTypeOr = (other: string) => oneOf([...valuesOf('message_type'), other]);

/** Whether the text is a real calendar date with a four-digit year. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
