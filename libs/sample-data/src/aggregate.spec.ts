import { describe, expect, it } from '@jest/globals';
import { parseAggregate } from './aggregate.js';

const HEADER =
  'campaign_key,campaign_id,campaign_type,campaign_channel,message_channel,topic,date,is_holiday,holiday_name,' +
  'total_messages_sent,total_opens,total_clicks,total_unsubscribes,total_bounces,total_purchases';
const GOOD = '5_bulk,5,bulk,email,email,sale,2021-05-01,1,Spring Day,10,4,3,2,1,0';

describe('parseAggregate', () => {
  it('reads a record', () => {
    expect(parseAggregate(`${HEADER}\n${GOOD}\n`)).toEqual([
      {
        campaignId: 5,
        type: 'bulk',
        campaignChannel: 'email',
        channel: 'email',
        topic: 'sale',
        day: Date.UTC(2021, 4, 1) / 86_400_000,
        holiday: 'Spring Day',
        measures: { sent: 10, opens: 4, clicks: 3, unsubscribes: 2, bounces: 1, purchases: 0 },
      },
    ]);
  });

  it.each([
    ['no header', '', 'record 1'],
    ['no records', HEADER, 'no records'],
    ['a missing column', `${HEADER.replace('topic,', '')}\n${GOOD}`, 'topic'],
    ['a missing field', `${HEADER}\n${GOOD}\n5_bulk,5`, 'record 3'],
    ['an unknown type', `${HEADER}\n${GOOD.replace(',bulk', ',spam')}`, 'campaign_type'],
    ['an unknown channel', `${HEADER}\n${GOOD.replace('email,email', 'email,fax')}`, 'message_channel'],
    ['an invalid day', `${HEADER}\n${GOOD.replace('05-01', '02-30')}`, 'date'],
    ['a negative count', `${HEADER}\n${GOOD.replace(',10,', ',-10,')}`, 'total_messages_sent'],
    ['more opens than delivered messages', `${HEADER}\n${GOOD.replace(',10,4,', ',10,10,')}`, '10 opens'],
    ['two topics for one campaign', `${HEADER}\n${GOOD}\n${GOOD.replace('sale', 'event')}`, 'two channels or topics'],
  ])('rejects an aggregate with %s', (_, text, named) => {
    expect(() => parseAggregate(text)).toThrow(named);
  });
});
