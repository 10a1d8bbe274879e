import { valuesOf } from '../../columns.js';
import { MATURITY_DAYS, WITH_SPAN } from '../maturity.js';
import { bounded, DAILY, eventTest, RATES, USUAL_RATES } from '../measures.js';
import type { MartFunction } from '../mart-object.js';
import { intervalOf, newcombe, sharesOf } from '../newcombe.js';
import { Z_95 } from '../normal-quantile.js';
import { literals } from '../sql-literal.js';

/** The most groups of `b`. */
export const MAX_COMPARISONS = 20;

/** With fewer messages in the denominator a row has a warning. */
const FEW = 100;
/** Groups whose share of a channel or type differs by more than this have a warning. */
const MIXED = 0.1;

const CHANNELS = valuesOf('channel');
const TYPES = valuesOf('message_type');

/** Keys of a group, and what their values must be. */
const CONDITIONS: Readonly<Record<string, string>> = {
  campaign_id:
    'a whole number within 64 bits (as text only from 16 digits on), or null for messages without a campaign',
  campaign_type: `one of ${TYPES.join(', ')}`,
  channel: `one of ${CHANNELS.join(', ')}`,
  topic: 'a text, or null for messages without a topic',
  from: 'a date as YYYY-MM-DD',
  to: 'a date as YYYY-MM-DD',
};
const KNOWN = Object.keys(CONDITIONS).join(', ');

/** Rows of a list of all rates: how to count the part and the whole, the name of the whole, and when a message is mature. */
const KNOWN_RATES = USUAL_RATES.map((rate) => {
  const [part, whole] = RATES[rate];
  const tests = [part, whole].map(eventTest).flatMap(({ mask, bits, expected }) => [mask, bits, expected]);
  const days = part === 'purchased' ? MATURITY_DAYS.purchase : MATURITY_DAYS.engagement;
  return `('${rate}', ${tests.join(', ')}, '${whole}', ${days})`;
}).join(', ');

/** Counts of a group by channel or type, as an array. */
const mix = (column: string, values: readonly string[]) =>
  `ARRAY[${values.map((value) => `coalesce(sum(sent) FILTER (WHERE ${column} = '${value}'), 0)`).join(', ')}]`;

/** The greatest difference between the shares of two such arrays. */
const mixDifference = (name: string) => `(
  SELECT max(abs(in_a / nullif(one.sent, 0) - in_b / nullif(other.sent, 0))) FROM unnest(one.${name}, other.${name}) AS shares (in_a, in_b)
)`;

/** Groups that differ in nothing but `key` are compared for its sake. */
const differOnlyIn = (key: string) => `(one.conditions - '${key}' = other.conditions - '${key}')`;

/** Coefficients of the approximation below, from the highest power. */
const NUMERATOR = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const DENOMINATOR = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

const polynomial = (coefficients: readonly number[], x: string) =>
  coefficients.slice(1).reduce((sum, next) => `(${sum} * ${x} + ${next})`, `(${coefficients[0]})`);

/**
 * The quantile of the standard normal distribution for a small upper tail, given q = sqrt(-2 ln tail). PostgreSQL has no such
 * function; this is P. J. Acklam's rational approximation for the tails, with a relative error below 1.15e-9.
 */
const UPPER_QUANTILE = `-${polynomial(NUMERATOR, 'q')} / ${polynomial(DENOMINATOR, 'q')}`;

const VALIDATION = `
  SELECT * INTO rate_name, part_mask, part_bits, part_expected, whole_mask, whole_bits, whole_expected, denominator, days
  FROM (VALUES ${KNOWN_RATES}) AS known (name) WHERE known.name = rate;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'compare has no rate %', coalesce(rate, 'null')
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Rates are ${USUAL_RATES.join(', ')}.';
  END IF;
  IF jsonb_typeof(groups) = 'array' THEN
    IF jsonb_array_length(groups) NOT BETWEEN 1 AND ${MAX_COMPARISONS} THEN
      RAISE EXCEPTION 'compare: b must have from 1 to ${MAX_COMPARISONS} groups, not %', jsonb_array_length(groups)
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
  ELSE
    groups := jsonb_build_array(groups);
  END IF;
  comparisons := jsonb_array_length(groups);
  FOR i IN 0 .. comparisons LOOP
    conditions := CASE WHEN i = 0 THEN a ELSE groups -> i - 1 END;
    name := CASE WHEN i = 0 THEN 'a' WHEN jsonb_typeof(b) = 'array' THEN format('group %s of b', i) ELSE 'b' END;
    IF coalesce(jsonb_typeof(conditions), 'null') <> 'object' OR conditions = '{}' THEN
      RAISE EXCEPTION 'compare: % must be a JSON object with at least one of ${KNOWN}; it is %', name, coalesce(conditions::text, 'null')
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR key, value IN SELECT * FROM jsonb_each(conditions) LOOP
      expected := CASE key ${Object.entries(CONDITIONS)
        .map(([key, text]) => `WHEN '${key}' THEN '${text}'`)
        .join(' ')} END;
      IF expected IS NULL THEN
        RAISE EXCEPTION 'compare: % has no condition "%"', name, key
          USING ERRCODE = 'invalid_parameter_value', HINT = 'Conditions are ${KNOWN}.';
      END IF;
      is_valid := CASE key
        WHEN 'campaign_id' THEN jsonb_typeof(value) = 'null' OR CASE
          WHEN jsonb_typeof(value) = 'number' OR jsonb_typeof(value) = 'string' AND value #>> '{}' ~ '^-?\\d{16,19}$'
          THEN (value #>> '{}')::numeric = trunc((value #>> '{}')::numeric)
               AND (value #>> '{}')::numeric BETWEEN -9223372036854775808 AND 9223372036854775807
          ELSE false END
        WHEN 'campaign_type' THEN value IN (${literals(TYPES.map((type) => `"${type}"`))})
        WHEN 'channel' THEN value IN (${literals(CHANNELS.map((channel) => `"${channel}"`))})
        WHEN 'topic' THEN jsonb_typeof(value) IN ('string', 'null')
        ELSE jsonb_typeof(value) = 'string' AND value #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\d$' END;
      IF is_valid AND key IN ('from', 'to') THEN
        BEGIN
          PERFORM (value #>> '{}')::date;
        EXCEPTION WHEN data_exception THEN
          is_valid := false;
        END;
      END IF;
      IF NOT is_valid THEN
        RAISE EXCEPTION 'compare: "%" of % must be %; it is %', key, name, expected, value
          USING ERRCODE = 'invalid_parameter_value';
      END IF;
    END LOOP;
    IF conditions ->> 'from' > conditions ->> 'to' THEN
      RAISE EXCEPTION 'compare: "from" of % is after "to"', name USING ERRCODE = 'invalid_parameter_value';
    END IF;
  END LOOP;`;

/** Warnings about one group. */
const warningsOf = (group: 'one' | 'other', name: 'a' | 'b') => [
  `CASE WHEN ${group}.sent = 0 THEN 'No message matches ${name}' || CASE WHEN ${group}.is_unknown_topic
     THEN format(': no campaign has the topic %s.', ${group}.conditions -> 'topic') ELSE '.' END
        WHEN ${group}.whole < ${FEW} THEN format('Only %s messages of ${name} were %s.', ${group}.whole, denominator) END`,
  `CASE WHEN ${group}.mature < 0.99 * ${group}.dated THEN
     format('%s %% of the messages of ${name} were sent in the last %s days of the data, and more events may follow.',
            greatest(1, round(100 - 100 * ${group}.mature / ${group}.dated)), days) END`,
];

const WARNINGS = [
  `CASE WHEN other.shared > 0 THEN format('%s messages are in both groups.', other.shared) END`,
  ...(['channel', 'campaign_type'] as const).map(
    (key) =>
      `CASE WHEN NOT ${differOnlyIn(key)} AND ${mixDifference(key === 'channel' ? 'channels' : 'types')} > ${MIXED}
         THEN 'a and b have different shares of ${key === 'channel' ? 'channels' : 'types'}, which may be what makes the difference.' END`,
  ),
  ...warningsOf('one', 'a'),
  ...warningsOf('other', 'b'),
  `CASE WHEN comparisons > 1 THEN
     format('%s groups are compared with a: at 95 %%, one in twenty differs by chance alone, so look at the adjusted interval.', comparisons) END`,
];

const [USUAL, ADJUSTED] = [intervalOf('usual'), intervalOf('adjusted')];

const QUERY = `
  ${WITH_SPAN},
  cell AS MATERIALIZED (
    SELECT row_number() OVER () AS id, entry.date, entry.campaign_id, message_type, entry.channel, topic, sent, part, whole
    FROM (
      SELECT date, campaign_id, message_type, channel, sum(n) AS sent,
             sum(n) FILTER (WHERE (events & part_mask = part_bits) = part_expected) AS part,
             sum(n) FILTER (WHERE (events & whole_mask = whole_bits) = whole_expected) AS whole
      FROM ${DAILY} GROUP BY date, campaign_id, message_type, channel HAVING sum(n) <> 0
    ) AS entry
    LEFT JOIN public.campaigns AS campaign ON campaign.id = entry.campaign_id AND campaign_type = message_type
  ),
  asked AS MATERIALIZED (
    SELECT place, conditions, conditions ? 'campaign_id' AS has_id, (conditions ->> 'campaign_id')::numeric::bigint AS campaign_id,
           conditions ->> 'campaign_type' AS campaign_type, conditions ->> 'channel' AS channel,
           conditions ? 'topic' AS has_topic, conditions ->> 'topic' AS topic,
           (conditions ->> 'from')::date AS first_day, (conditions ->> 'to')::date AS last_day
    FROM jsonb_array_elements(jsonb_build_array(a) || groups) WITH ORDINALITY AS asking (conditions, place)
  ),
  member AS MATERIALIZED (
    SELECT place, date, message_type, cell.channel, sent, part, whole, min(place) OVER (PARTITION BY cell.id) = 1 AS is_in_a
    FROM asked JOIN cell
      ON (NOT has_id OR cell.campaign_id IS NOT DISTINCT FROM asked.campaign_id)
     AND (asked.campaign_type IS NULL OR message_type = asked.campaign_type)
     AND (asked.channel IS NULL OR cell.channel = asked.channel)
     AND (NOT has_topic OR cell.topic IS NOT DISTINCT FROM asked.topic)
     AND (first_day IS NULL OR date >= first_day)
     AND (last_day IS NULL OR date <= last_day)
  ),
  counted AS MATERIALIZED (
    SELECT place, asked.conditions, coalesce(sum(sent), 0) AS sent,
           coalesce(sum(part), 0)::bigint AS part, coalesce(sum(whole), 0)::bigint AS whole,
           sum(sent) FILTER (WHERE is_in_a) AS shared,
           sum(sent) FILTER (WHERE date IS NOT NULL) AS dated,
           coalesce(sum(sent) FILTER (WHERE date <= (SELECT last_date FROM span) - days), 0) AS mature,
           ${mix('member.channel', CHANNELS)} AS channels, ${mix('message_type', TYPES)} AS types,
           asked.topic IS NOT NULL AND NOT EXISTS (SELECT FROM public.campaigns WHERE campaigns.topic = asked.topic) AS is_unknown_topic
    FROM asked LEFT JOIN member USING (place)
    GROUP BY place, asked.conditions, asked.topic
  )
  SELECT (other.place - 1)::integer, comparisons, one.conditions, other.conditions,
         one.whole, one.part, ${bounded('a_rate', 'one.part', 'one.whole')},
         other.whole, other.part, ${bounded('b_rate', 'other.part', 'other.whole')},
         mart.significant(difference::numeric),
         ${USUAL.low}, ${USUAL.high}, ${USUAL.isClear}, ${ADJUSTED.low}, ${ADJUSTED.high}, ${ADJUSTED.isClear},
         nullif(concat_ws(' ', ${WARNINGS.join(',\n')}), '')
  FROM counted AS one
  JOIN counted AS other ON one.place = 1 AND other.place > 1
  CROSS JOIN LATERAL (${sharesOf('one.part', 'one.whole', 'other.part', 'other.whole')}) AS shares,
  LATERAL (${newcombe('z')}) AS usual,
  LATERAL (${newcombe('z_adjusted')}) AS adjusted
  ORDER BY other.place`;

export const compare: MartFunction = {
  kind: 'function',
  name: 'compare',
  language: 'plpgsql',
  readsLedger: true,
  parameters: `a jsonb, b jsonb, rate text DEFAULT 'open_rate'`,
  returns: `TABLE (comparison integer, comparisons integer, group_a jsonb, group_b jsonb,
                   a_whole bigint, a_part bigint, a_rate numeric, a_rate_low numeric, a_rate_high numeric,
                   b_whole bigint, b_part bigint, b_rate numeric, b_rate_low numeric, b_rate_high numeric,
                   difference numeric, difference_low numeric, difference_high numeric, is_clear boolean,
                   difference_low_adjusted numeric, difference_high_adjusted numeric, is_clear_adjusted boolean, warning text)`,
  comment:
    'Does a rate differ between two groups of messages, and by how much? A group is a JSON object of conditions, which must all ' +
    `hold: ${KNOWN} (days of sending, UTC, inclusive); for example mart.compare('{"channel":"mobile_push","topic":"sale out"}', ` +
    `'{"channel":"mobile_push","topic":"leave review"}', 'click_rate'). difference is the rate of b minus the rate of a, with Newcombe's ` +
    `95 % interval; is_clear says that 0 is outside it. b may be an array of up to ${MAX_COMPARISONS} groups: one row for each, ` +
    'and the adjusted interval (Bonferroni) holds for all of them at once. Read the warning. ' +
    `Rates: ${USUAL_RATES.join(', ')}. A difference is not an effect: the data has no holdouts, and its A/B tests compare campaigns, not variants. ` +
    'The interval takes messages as independent; several messages to one client are not, so the true interval is somewhat wider. ' +
    'Unknown rates and conditions, and values of the wrong type, are errors.',
  sql: `
#variable_conflict use_column
DECLARE
  groups jsonb := b;
  conditions jsonb;
  name text;
  key text;
  value jsonb;
  expected text;
  is_valid boolean;
  rate_name text;
  part_mask integer;
  part_bits integer;
  part_expected boolean;
  whole_mask integer;
  whole_bits integer;
  whole_expected boolean;
  denominator text;
  days integer;
  q float8;
  z float8 := ${Z_95};
  z_adjusted float8 := ${Z_95};
BEGIN${VALIDATION}
  IF comparisons > 1 THEN
    q := sqrt(-2 * ln(0.025 / comparisons));
    z_adjusted := ${UPPER_QUANTILE};
  END IF;
  RETURN QUERY ${QUERY};
END`,
};
