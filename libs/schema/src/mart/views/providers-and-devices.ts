import { counts, rated, rates, share } from '../measures.js';
import type { MartView } from '../mart-object.js';

export const providerDeliverability: MartView = {
  kind: 'view',
  name: 'provider_deliverability',
  comment:
    'Question 13, deliverability by e-mail provider: where are e-mails bounced, blocked or marked as spam? Names are ' +
    'as clients wrote them, mistyped ones included; mind the volume.',
  columns: {
    email_provider: 'Domain of the address; null if unknown',
    share_of_emails: 'Share from 0 to 1 of all e-mails',
  },
  sql: `
    SELECT email_provider, ${share('sent', '(sum(sent) OVER ())')} AS share_of_emails,
           sent, delivered, hard_bounced, soft_bounced, blocked, complained, opened,
           ${rates(['delivery_rate', 'hard_bounce_rate', 'soft_bounce_rate', 'block_rate', 'complaint_rate', 'open_rate'])}
    FROM (
      SELECT email_provider, ${counts(['sent', 'delivered', 'hard_bounced', 'soft_bounced', 'blocked', 'complained', 'opened'])}
      FROM ledger.entries WHERE cube = 'provider' AND channel = 'email'
      GROUP BY email_provider HAVING sum(n) <> 0
    ) AS counted`,
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
