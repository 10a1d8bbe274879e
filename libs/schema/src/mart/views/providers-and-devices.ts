import { bounded, boundedDescriptions, counts, rated, rates, share, summed, type MeasureName } from '../measures.js';
import type { MartView } from '../mart-object.js';

const DELIVERABILITY: readonly MeasureName[] = [
  'sent',
  'delivered',
  'hard_bounced',
  'soft_bounced',
  'blocked',
  'complained',
  'opened',
];

/** The level of a complaint rate, an SQL expression; Gmail's and Yahoo's rules for bulk senders draw these lines. */
const complaintLevel = (rate: string) => `
  CASE WHEN ${rate} < 0.001 THEN 'below 0.10 %' WHEN ${rate} < 0.003 THEN '0.10 % to 0.30 %'
       WHEN ${rate} >= 0.003 THEN '0.30 % or more' END`;

export const providerDeliverability: MartView = {
  kind: 'view',
  name: 'provider_deliverability',
  comment:
    'Question 13, deliverability by e-mail provider: where are e-mails bounced, blocked or marked as spam? Gmail and Yahoo ' +
    'require bulk senders to stay below 0.10 % complaints and never to reach 0.30 %: complaint_level is the level over all ' +
    'data, of the complaints that providers report back; theirs counts by day (see unsubscribes_and_complaints_by_event_day) ' +
    'and only e-mails in the inbox. Names are as clients wrote them, mistyped ones included; mind the volume.',
  columns: {
    email_provider: 'Domain of the address; null if unknown',
    share_of_emails: 'Share from 0 to 1 of all e-mails',
    opened_within_15s: 'E-mails first opened at most 15 s after the send, or before it; see machine_opens',
    ...boundedDescriptions(
      'later_open_rate',
      'Share from 0 to 1: (opened - opened_within_15s) / sent; null if sent is 0. See machine_opens',
    ),
    complaint_level:
      "Level of complaint_rate_delivered: 'below 0.10 %', '0.10 % to 0.30 %' (0.30 % excluded) or '0.30 % or more'; null if delivered is 0",
    is_complaint_level_certain:
      'Whether both bounds of complaint_rate_delivered are at complaint_level; if not, there are too few messages to tell. Null if ' +
      'delivered is 0',
  },
  sql: `
    SELECT email_provider, ${share('sent', '(sum(sent) OVER ())')} AS share_of_emails, ${DELIVERABILITY.join(', ')},
           opened_within_15s, ${rates([
             'delivery_rate',
             'hard_bounce_rate',
             'soft_bounce_rate',
             'block_rate',
             'complaint_rate',
             'complaint_rate_delivered',
             'open_rate',
             'open_rate_delivered',
           ])},
           ${bounded('later_open_rate', 'greatest(opened - opened_within_15s, 0)', 'sent')},
           ${complaintLevel('complained::numeric / nullif(delivered, 0)')} AS complaint_level,
           ${complaintLevel('mart.wilson_low(complained, delivered)')} =
             ${complaintLevel('mart.wilson_high(complained, delivered)')} AS is_complaint_level_certain
    FROM (
      SELECT email_provider, ${summed(DELIVERABILITY)}, sum(opened_within_15s)::bigint AS opened_within_15s
      FROM (
        SELECT email_provider, ${counts(DELIVERABILITY)}, 0 AS opened_within_15s
        FROM ledger.entries WHERE cube = 'provider' AND channel = 'email' GROUP BY email_provider
        UNION ALL
        SELECT email_provider, ${DELIVERABILITY.map(() => '0').join(', ')}, sum(n)
        FROM ledger.entries WHERE cube = 'delay' AND event = 'open' AND delay_upto <= 15 AND channel = 'email'
        GROUP BY email_provider
      ) AS counted
      GROUP BY email_provider HAVING sum(sent) <> 0
    ) AS of_provider`,
};

export const streamRates: MartView = {
  kind: 'view',
  name: 'stream_rates',
  comment: 'Question 16, streams: does it matter whether a client signed up on desktop, Android or iOS?',
  columns: {
    channel: 'Channel of the message',
    stream: 'Where the client signed up; null if unknown',
  },
  sql: rated({ by: 'channel, stream', from: `ledger.entries WHERE cube = 'device'` }),
};

export const platformEngagement: MartView = {
  kind: 'view',
  name: 'platform_engagement',
  comment:
    "Question 16, platforms: each device's share of the opens and of the clicks of a channel. There is no rate by platform: the " +
    'device is only known after an open, and then for nearly all clicked messages but only about a third of the others, so clicks ' +
    'per open would be far too high for every known device. Compare a share only with shares of other devices in the same ' +
    'column, not with the other column.',
  columns: {
    channel: 'Channel of the message',
    platform: 'Device of the reader; null if unknown',
    share_of_opens: 'Share from 0 to 1 of all opened messages of the channel, including those of unknown devices',
    share_of_clicks: 'Share from 0 to 1 of all clicked messages of the channel, including those of unknown devices',
  },
  sql: `
    SELECT channel, platform, opened, ${share('opened', '(sum(opened) OVER channel)')} AS share_of_opens,
           clicked, ${share('clicked', '(sum(clicked) OVER channel)')} AS share_of_clicks,
           opened_and_clicked, purchased, purchased_unopened
    FROM (
      SELECT channel, platform, ${counts(['opened', 'clicked', 'opened_and_clicked', 'purchased', 'purchased_unopened'])}
      FROM ledger.entries WHERE cube = 'device'
      GROUP BY channel, platform HAVING sum(n) <> 0
    ) AS counted
    WHERE opened > 0 OR clicked > 0
    WINDOW channel AS (PARTITION BY channel)`,
};
