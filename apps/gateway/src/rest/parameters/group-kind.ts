import { MAX_COMPARISONS } from '#schema/mart/views/compare.js';
import { ID, CAMPAIGN_ID_IN_JSON, CHANNEL, DAY, MESSAGE_TYPE, TEXT, type ValueKind } from './value-kind.js';

interface GroupCondition {
  readonly kind: Pick<ValueKind, 'accepted' | 'schema'>;
  readonly accepts: (value: unknown) => boolean;
  /** Null selects messages without a value. */
  readonly orNull?: true;
}

/** PostgreSQL accepts no lone surrogate, which JSON can write as an escape. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const text = (kind: ValueKind): GroupCondition => ({
  kind,
  accepts: (value) => typeof value === 'string' && kind.accepts(value) && !LONE_SURROGATE.test(value),
});

/** Text only where a number can be too large for JavaScript, as in answers. */
const LONG_ID = /^-?\d{16,19}$/;

/** The conditions of mart.compare, by key. */
const CONDITIONS: Readonly<Record<string, GroupCondition>> = {
  campaign_id: {
    kind: { ...ID, accepted: 'a 64-bit integer, beyond 2^53 - 1 as text', schema: CAMPAIGN_ID_IN_JSON },
    accepts: (value) =>
      typeof value === 'string' ? LONG_ID.test(value) && ID.accepts(value) : Number.isSafeInteger(value),
    orNull: true,
  },
  campaign_type: text(MESSAGE_TYPE),
  channel: text(CHANNEL),
  topic: { ...text(TEXT), orNull: true },
  from: text(DAY),
  to: text(DAY),
};
const KNOWN = Object.keys(CONDITIONS).join(', ');

/** Longer texts do not fit into a URL together with the other parameters. */
const MAX_LENGTH = 4000;

const GROUP_SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(CONDITIONS).map(([key, { kind, orNull }]) => [
      key,
      orNull ? { ...kind.schema, type: [kind.schema.type, 'null'].flat() } : kind.schema,
    ]),
  ),
  additionalProperties: false,
  minProperties: 1,
};
export const GROUP_COLUMN_SCHEMA = { ...GROUP_SCHEMA, description: 'The conditions of the group' };

/** Components of the OpenAPI document, so that generated clients have one type for all groups. */
export const GROUP_SCHEMAS = { ComparedGroup: GROUP_SCHEMA };
const GROUP_REF = { $ref: '#/components/schemas/ComparedGroup' };

/** A group of messages as a JSON object. */
export const GROUP: ValueKind = jsonKind(`a JSON object with at least one of ${KNOWN}`, GROUP_REF, (value) =>
  groupProblems(value),
);

/** A group, or a list of them. */
export const GROUPS: ValueKind = jsonKind(
  `a JSON object with at least one of ${KNOWN}, or an array of 1 to ${MAX_COMPARISONS} of them`,
  // A single group is accepted too, but generators of clients cannot express both: their Go and Java would not compile.
  { type: 'array', items: GROUP_REF, minItems: 1, maxItems: MAX_COMPARISONS },
  (value) => {
    if (!Array.isArray(value)) return groupProblems(value);
    if (value.length < 1 || value.length > MAX_COMPARISONS) {
      return [`must have from 1 to ${MAX_COMPARISONS} groups, not ${value.length}`];
    }
    return value.flatMap((group, i) => groupProblems(group).map((problem) => `group ${i + 1}: ${problem}`));
  },
);

function jsonKind(
  accepted: string,
  schema: ValueKind['schema'],
  problemsOf: (value: unknown) => readonly string[],
): ValueKind {
  const problems = (text: string): readonly string[] => {
    if (text.length > MAX_LENGTH) return [`must have at most ${MAX_LENGTH} characters`];
    try {
      return problemsOf(JSON.parse(text));
    } catch {
      return [`must be ${accepted}`];
    }
  };
  return {
    ...{ sqlType: 'jsonb', accepted, schema, isJson: true, problems },
    accepts: (text) => problems(text).length === 0,
  };
}

function groupProblems(group: unknown): readonly string[] {
  if (typeof group !== 'object' || group === null || Array.isArray(group) || Object.keys(group).length === 0) {
    return [`must be a JSON object with at least one of ${KNOWN}`];
  }
  const entries = Object.entries(group);
  const problems = entries.flatMap(([key, value]) => conditionProblems(key, value));
  const { from, to } = group as { from?: unknown; to?: unknown };
  const isReversed = problems.length === 0 && typeof from === 'string' && typeof to === 'string' && from > to;
  return isReversed ? ['"from" must not be after "to"'] : problems;
}

function conditionProblems(key: string, value: unknown): readonly string[] {
  const condition = Object.hasOwn(CONDITIONS, key) ? CONDITIONS[key] : undefined;
  if (condition === undefined) return [`${JSON.stringify(key.slice(0, 100))} is unknown; known are ${KNOWN}`];
  const { kind, accepts, orNull } = condition;
  if ((orNull && value === null) || accepts(value)) return [];
  return [`"${key}" must be ${kind.accepted}${orNull ? ', or null' : ''}`];
}
