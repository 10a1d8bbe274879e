import { BOOLEAN, ID, CHANNEL, DAY, MESSAGE_TYPE, TEXT, type ValueKind } from './value-kind.js';
import { identifier } from '../query/identifier.js';
import type { Parameter } from '../resources/resource.js';

interface EqualsOptions {
  readonly description: string;
  readonly kind?: ValueKind;
  /** Default: the name of the parameter. */
  readonly column?: string;
  readonly in?: 'path';
  readonly example?: string;
}

/** Selects rows whose column equals the value. An empty text selects rows without a value. */
export function equals(name: string, options: EqualsOptions): Parameter {
  const { description, kind = TEXT, column = name, in: place = 'query', example } = options;
  const none = kind === TEXT && place === 'query';
  return {
    name,
    in: place,
    kind,
    description: none ? `${description}; empty selects rows without a value` : description,
    column,
    ...(example === undefined ? {} : { example }),
    use: {
      where: (value) => `${identifier(column)} = ${value}`,
      ...(none ? { whereEmpty: `${identifier(column)} IS NULL` } : {}),
    },
  };
}

export const byChannel = equals('channel', { kind: CHANNEL, description: 'Channel of the message', example: 'email' });

/** @param column message_type or campaign_type, depending on the table; both have the same values */
export function byType(column: 'message_type' | 'campaign_type'): Parameter {
  return equals('type', { kind: MESSAGE_TYPE, column, description: 'Kind of campaign', example: 'bulk' });
}

export const byTopic = equals('topic', { description: 'Topic of the campaign', example: 'sale out' });

export const byCampaign = equals('id', {
  kind: ID,
  column: 'campaign_id',
  description: 'Campaign id; campaigns of different types may share one',
  example: '64',
});

/**
 * Selects campaigns whose topic contains the text, whatever its case, or whose id is the text. An empty text selects all. The
 * collation knows the letters of all alphabets; that of the database may only know ASCII.
 */
export const byText: Parameter = {
  ...{ name: 'search', in: 'query', kind: TEXT, example: 'sale' },
  description: 'Text in the topic, in upper or lower case, or the whole campaign id; empty selects everything',
  use: {
    where: (value) => `(strpos(${lower('topic')}, ${lower(value)}) > 0 OR campaign_id::text = ${value})`,
    whereEmpty: 'true',
  },
};

function lower(text: string): string {
  return `lower(${text} COLLATE pg_c_utf8)`;
}

export function isTrue(name: string, description: string): Parameter {
  return equals(name, { kind: BOOLEAN, description });
}

/** Selects rows within the days `from` to `to`, inclusive. The arguments are SQL expressions for a row's first and last day. */
export function days(firstDay: string, lastDay: string, what: string): readonly [Parameter, Parameter] {
  return [
    {
      ...{ name: 'from', in: 'query', kind: DAY, description: `First day (UTC) ${what}`, example: '2021-04-30' },
      use: { where: (value) => `${lastDay} >= ${value}` },
    },
    {
      ...{
        name: 'to',
        in: 'query',
        kind: DAY,
        description: `Last day (UTC) ${what}, inclusive`,
        example: '2021-06-30',
      },
      use: { where: (value) => `${firstDay} <= ${value}` },
    },
  ];
}

/** A parameter that is passed to a function of the mart. */
export function argument(name: string, kind: ValueKind, description: string, as = name, example?: string): Parameter {
  return { name, in: 'query', kind, description, ...(example === undefined ? {} : { example }), use: { argument: as } };
}

/** A parameter without which the function cannot be called; the example is a valid request. */
export function requiredArgument(name: string, kind: ValueKind, description: string, example: string): Parameter {
  return { ...argument(name, kind, description, name, example), required: true };
}
