import { failure } from '../argument-checks.js';
import { bounded, boundedDescriptions } from '../measures.js';
import type { MartFunction, MartView } from '../mart-object.js';

/** The ledger has the provider and the platform of opens, and their exact delay, up to this many seconds. */
const MOST_SECONDS = 50;

const CHECKED_SECONDS = `
  CASE WHEN seconds BETWEEN 0 AND ${MOST_SECONDS} THEN true
       ELSE ${failure('boolean', `'machine_opens: seconds must be 0 to ${MOST_SECONDS}, not '`, "coalesce(seconds::text, 'null')")} END`;

/** A share above 1 would need opens that have a time but no flag, a contradiction that data_quality counts. */
const WITHIN = 'least(opened_within, opened)';

const RATES = {
  within_share: [WITHIN, 'opened', 'opened_within / opened'],
  open_rate: ['opened', 'sent', 'opened / sent'],
  later_open_rate: ['opened_later', 'sent', 'opened_later / sent'],
  open_rate_delivered: ['opened', 'delivered', 'opened / delivered'],
  later_open_rate_delivered: ['opened_later', 'delivered', 'opened_later / delivered'],
} as const;

const RATE_COLUMNS = Object.keys(RATES).flatMap((name) => [name, `${name}_low`, `${name}_high`]);

const KEY_DESCRIPTIONS = {
  dimension: 'What the row is about: channel, email_provider (e-mails only) or platform',
  channel: 'Channel of the messages',
  value: 'Channel, domain of the address, or device of the reader; null if unknown',
};

/** Columns of machine_opens, which as a function has no comments on columns. */
export const MACHINE_OPENS_COLUMNS: Readonly<Record<string, string>> = {
  ...KEY_DESCRIPTIONS,
  sent: 'Messages; null for platforms, which are only known after an open',
  delivered: 'Messages that neither bounced nor were blocked; null for platforms',
  opened_within: 'Messages first opened at most `seconds` after the send, or before it',
  opened_later: 'opened - opened_within: messages opened later, or at an unknown time',
  ...Object.fromEntries(
    Object.entries(RATES).flatMap(([name, [, whole, text]]) =>
      Object.entries(boundedDescriptions(name, `Share from 0 to 1: ${text}; null if ${whole} is 0 or unknown`)),
    ),
  ),
};

export const opensBySecond: MartView = {
  kind: 'view',
  name: 'opens_by_second',
  comment:
    `Question 13, when do opens come in the first ${MOST_SECONDS} s after the send? By channel, e-mail provider and platform. A peak within ` +
    'seconds points to machines or privacy proxies; machine_opens adds these counts up to a limit.',
  columns: {
    ...KEY_DESCRIPTIONS,
    seconds: 'Seconds from the send to the first open, rounded up; negative before the send, -60 for a minute or more',
    opened: 'Messages first opened in this second',
  },
  sql: `
    SELECT dimension, channel, value, seconds, opened
    FROM (
      SELECT CASE GROUPING(email_provider, platform) WHEN 1 THEN 'email_provider' WHEN 2 THEN 'platform' ELSE 'channel' END AS dimension,
             channel,
             CASE GROUPING(email_provider, platform) WHEN 1 THEN email_provider WHEN 2 THEN platform ELSE channel END AS value,
             delay_upto::integer AS seconds, sum(n)::bigint AS opened
      FROM ledger.entries WHERE cube = 'delay' AND event = 'open' AND delay_upto <= ${MOST_SECONDS}
      GROUP BY GROUPING SETS ((channel, delay_upto), (channel, email_provider, delay_upto), (channel, platform, delay_upto))
      HAVING sum(n) <> 0
    ) AS counted
    WHERE dimension <> 'email_provider' OR channel = 'email'`,
};

export const machineOpens: MartFunction = {
  kind: 'function',
  name: 'machine_opens',
  parameters: 'seconds integer DEFAULT 15',
  returns: `TABLE (dimension text, channel text, value text, sent bigint, delivered bigint, opened bigint, opened_within bigint,
                   opened_later bigint, ${RATE_COLUMNS.map((name) => `${name} numeric`).join(', ')})`,
  comment:
    'Question 13, opens that machines or privacy proxies may have made: those at most so many seconds after the send (0 to ' +
    `${MOST_SECONDS}, any other number is an error), or before it; and open rates with and without them, by channel, e-mail ` +
    'provider and platform. A fast open proves nothing: a person may open a push within seconds, and a proxy (such as that of ' +
    'Apple Mail) may load an e-mail minutes later. So the rates without them are not the rates of people; compare the shares of ' +
    'providers, and watch for changes. Most fast opens have no known platform, so compare known platforms only with each other.',
  sql: `
    SELECT dimension, channel, value, sent, delivered, opened, opened_within, opened_later,
           ${Object.entries(RATES)
             .map(([name, [part, whole]]) => bounded(name, part, whole))
             .join(',\n           ')}
    FROM (
      SELECT dimension, channel, value, sum(sent)::bigint AS sent, sum(delivered)::bigint AS delivered,
             sum(opened)::bigint AS opened, sum(opened_within)::bigint AS opened_within,
             greatest(sum(opened) - sum(opened_within), 0)::bigint AS opened_later
      FROM (
        SELECT 'channel' AS dimension, channel, channel AS value, sent, delivered, opened, 0 AS opened_within
        FROM mart.stream_rates
        UNION ALL
        SELECT 'email_provider', 'email', email_provider, sent, delivered, opened, 0 FROM mart.provider_deliverability
        UNION ALL
        SELECT 'platform', channel, platform, NULL, NULL, opened, 0 FROM mart.platform_engagement WHERE opened > 0
        UNION ALL
        SELECT dimension, channel, value, NULL, NULL, 0, opened
        FROM mart.opens_by_second AS early WHERE early.seconds <= machine_opens.seconds
      ) AS counted
      GROUP BY dimension, channel, value
    ) AS measured
    WHERE ${CHECKED_SECONDS}
    ORDER BY dimension, channel, sent DESC NULLS LAST, opened DESC, value`,
};
