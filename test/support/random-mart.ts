import type { Client } from 'pg';
import { contract } from '#schema/contract.js';
import { Prng } from '#sample-data/prng.js';
import { insertMessages, insertRows, type MessageFields, type Value } from './message-rows.js';

const DAY = 86_400;
/** Daylight saving time begins during these days: on 14 March in New York, on 28 March in Berlin. */
const FIRST_DAY = Date.UTC(2021, 2, 10) / 1000;
const DAYS = 40;

const CLIENTS = 200;
/** Clients that receive a large part of the messages, so that every range of `fatigue` occurs. */
const BUSY_CLIENTS = 5;
/** Clients with one or two messages, so that some were never reached. */
const QUIET_CLIENTS = 400;
const CAMPAIGNS = 30;
const UNKNOWN_CAMPAIGNS = 5;
/** So large that a stray date of it is less than 0.5 %. */
const LARGE_CAMPAIGN = 1;
/** Campaigns with ids that are multiples of three only send at first, so that they are mature at the end. */
const EARLY_DAYS = 20;

const TYPES = ['bulk', 'bulk', 'trigger', 'transactional'];
const CHANNELS = ['email', 'email', 'mobile_push', 'web_push', 'sms'];
const TOPICS = [null, 'sale', 'cart', 'news'];

const EVENT_SHARES: Readonly<Record<string, number>> = { is_opened: 0.5, is_clicked: 0.3, is_purchased: 0.2 };
const OTHER_EVENT_SHARE = 0.1;

const timeOf = (second: number) => new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
const dayOf = (second: number) => timeOf(second).slice(0, 10);
const clientId = (client: number) => `1515915625${460_000_000 + client}`;

/** Seconds from the send to an event: negative, at the bounds that the mart uses, or much later. */
function lag(prng: Prng): number {
  const ranges = [
    [-90, -1],
    [0, 50],
    [51, 4000],
    [4000, 10 * DAY],
  ] as const;
  if (prng.chance(0.1)) return prng.pick([0, 15, 16, 50, 51, 3600, 3601, DAY, DAY + 1]);
  const [first, last] = prng.pick(ranges);
  return prng.between(first, last);
}

/** Usually a flag with its times, sometimes only one of them, because the mart counts contradictions. */
function eventsOf(prng: Prng, sent: number): MessageFields {
  const fields: MessageFields = {};
  for (const { flag, times } of contract.flags) {
    if (!prng.chance(EVENT_SHARES[flag] ?? OTHER_EVENT_SHARE)) continue;
    const first = sent + lag(prng);
    const contradiction = prng.below(20);
    fields[flag] = contradiction !== 0;
    times.forEach((time, i) => {
      const again = i > 0 && prng.chance(0.5) ? prng.between(1, DAY) : 0;
      fields[time] = contradiction === 1 ? null : timeOf(first + again);
    });
  }
  return fields;
}

function randomClient(prng: Prng): number {
  if (prng.chance(0.3)) return prng.below(BUSY_CLIENTS);
  return prng.chance(0.1) ? CLIENTS + prng.below(QUIET_CLIENTS) : prng.below(CLIENTS);
}

function randomPlatform(prng: Prng, isOpened: boolean): string | null {
  if (isOpened) return prng.chance(0.9) ? prng.pick(['android', 'desktop']) : null;
  return prng.chance(0.05) ? prng.pick(['android', 'unopened']) : null;
}

function randomCampaign(prng: Prng): number | null {
  if (prng.chance(0.03)) return null;
  return prng.chance(0.15) ? LARGE_CAMPAIGN : 1 + prng.below(CAMPAIGNS + UNKNOWN_CAMPAIGNS);
}

function randomMessage(prng: Prng): MessageFields {
  const campaign = randomCampaign(prng);
  const day = FIRST_DAY + prng.below(campaign !== null && campaign % 3 === 0 ? EARLY_DAYS : DAYS) * DAY;
  // Full hours, because two of them are often exactly as far apart as `fatigue` looks back.
  const sent = day + (prng.chance(0.5) ? prng.below(24) * 3600 : prng.below(DAY));
  const isSent = prng.chance(0.97);
  const events = eventsOf(prng, sent);
  const channel = prng.pick(CHANNELS);
  return {
    ...(prng.chance(0.02) ? { message_id: `again-${prng.below(20)}` } : {}),
    campaign_id: campaign,
    message_type: prng.pick(TYPES),
    client_id: clientId(randomClient(prng)),
    channel,
    category: prng.chance(0.1) ? 'news' : null,
    platform: randomPlatform(prng, events.is_opened === true),
    email_provider: prng.chance(channel === 'email' ? 0.9 : 0.05)
      ? prng.pick(['mail.ru', 'gmail.com', 'gmial.com'])
      : null,
    stream: prng.pick([null, 'desktop', 'android', 'ios']),
    date: isSent || prng.chance(0.5) ? dayOf(sent) : null,
    sent_at: isSent ? timeOf(sent) : null,
    ...events,
  };
}

/** Campaigns with odd ids have two types, the others one. */
function randomCampaigns(prng: Prng): Record<string, Value>[] {
  const maybe = () => prng.pick([true, false, null]);
  const keys = Array.from({ length: CAMPAIGNS }, (_, i) => i + 1).flatMap((id) => {
    const types = prng.shuffle(['bulk', 'trigger', 'transactional']);
    return types.slice(0, 1 + (id % 2)).map((campaign_type) => ({ id, campaign_type }));
  });
  return keys.map((key) => {
    const started = prng.chance(0.8) ? FIRST_DAY + prng.below(DAYS * DAY) : null;
    const seconds = prng.chance(0.1) ? 0 : prng.below(2 * DAY);
    return {
      ...key,
      channel: key.campaign_type === 'trigger' ? 'multichannel' : prng.pick(CHANNELS),
      topic: prng.pick(TOPICS),
      started_at: started && timeOf(started),
      finished_at: started && prng.chance(0.8) ? timeOf(started + seconds) : null,
      total_count: prng.chance(0.8) ? prng.pick([0, prng.below(100), prng.below(100_000)]) : null,
      ab_test: prng.pick([true, null]),
      warmup_mode: maybe(),
      hour_limit: prng.chance(0.5) ? prng.below(5000) : null,
      subject_length: prng.pick([null, 0, 39, 40, 79, 80, 119, 120, 146]),
      subject_with_personalization: maybe(),
      subject_with_deadline: maybe(),
      subject_with_emoji: maybe(),
      subject_with_bonuses: maybe(),
      subject_with_discount: maybe(),
      subject_with_saleout: maybe(),
      is_test: prng.pick([true, false, null, null]),
      position: prng.pick([null, 1, 2, 3]),
    };
  });
}

const CAMPAIGN_AT_ITS_LIMIT = {
  id: CAMPAIGNS + 1,
  campaign_type: 'bulk',
  started_at: timeOf(FIRST_DAY),
  finished_at: timeOf(FIRST_DAY + 7200),
  total_count: 10_000,
  hour_limit: 5000,
};

/** It lasted 8.28 s, which is 0.0023 h. */
const SHORT_CAMPAIGN = {
  id: CAMPAIGNS + 2,
  campaign_type: 'trigger',
  started_at: `${timeOf(FIRST_DAY)}.120000`,
  finished_at: `${timeOf(FIRST_DAY + 8)}.400000`,
  total_count: 3,
  hour_limit: 1304,
};

const CAMPAIGN_THAT_ENDS_BEFORE_IT_STARTS = {
  id: CAMPAIGNS + 3,
  campaign_type: 'transactional',
  started_at: timeOf(FIRST_DAY + DAY),
  finished_at: timeOf(FIRST_DAY),
  total_count: 100,
  hour_limit: 10,
};

const CAMPAIGNS_OF_ODD_LENGTHS = [CAMPAIGN_AT_ITS_LIMIT, SHORT_CAMPAIGN, CAMPAIGN_THAT_ENDS_BEFORE_IT_STARTS];

const STRAY = { campaign_id: LARGE_CAMPAIGN, message_type: 'bulk', date: '2020-07-01', sent_at: '2020-07-01 12:00:00' };

const HOLIDAYS = [
  { date: dayOf(FIRST_DAY + 2 * DAY), holiday: "Women's Day" },
  { date: dayOf(FIRST_DAY + 9 * DAY), holiday: 'Spring Day' },
  { date: dayOf(FIRST_DAY + 9 * DAY), holiday: 'Day of the Sea' },
  { date: dayOf(FIRST_DAY + 400 * DAY), holiday: 'A day without messages' },
  // Doubtful: the year of 2022-03-25 is mistyped; the second of April instead of the first; one of a pair, not known which.
  ...['2021-03-26', '2021-03-25', '2023-03-24'].map((date) => ({ date, holiday: 'Sale Friday' })),
  ...['2021-04-02', '2022-04-01', '2024-04-01'].map((date) => ({ date, holiday: "Fools' Day" })),
  ...['2021-03-30', '2021-04-12'].map((date) => ({ date, holiday: 'Day of the Pair' })),
  // Corrected, removed and confirmed below.
  ...['2021-04-07', '2021-04-06', '2023-04-05'].map((date) => ({ date, holiday: 'Sale Wednesday' })),
  { date: '2021-03-31', holiday: 'A day that never was' },
  { date: '2022-04-05', holiday: 'A moved day' },
  { date: '2021-04-05', holiday: 'A moved day' },
];

const HOLIDAY_CORRECTIONS = [
  { date: '2021-04-06', holiday: 'Sale Wednesday', correct_date: '2021-04-06' },
  { date: '2021-03-31', holiday: 'A day that never was' },
  { date: '2022-04-05', holiday: 'A moved day', correct_date: '2021-04-05' },
  { date: '2021-04-08', holiday: 'Unknown', correct_date: '2021-04-09' },
];

function randomQuarantine(prng: Prng): Record<string, unknown>[] {
  const reasons = ['missing', 'not_a_time', 'contradiction'];
  return Array.from({ length: 40 }, (_, offset) => ({
    topic: 'message_data',
    partition: 0,
    offset,
    recorded_at: timeOf(FIRST_DAY),
    // Identical records would be stored once.
    headers: { line: String(offset) },
    // A record with the same reason for two columns counts once.
    reasons: Array.from({ length: prng.between(1, 3) }, () => ({ column: null, reason: prng.pick(reasons) })),
    quarantined_at: timeOf(FIRST_DAY + offset),
  }));
}

/**
 * Fills all tables with random rows, the same for each seed. The ledger is as in mid-stream: some counts are folded, others
 * are deltas, including deltas of updated and deleted rows.
 */
export async function fillMart(client: Client, messages: number, seed: number): Promise<void> {
  const prng = new Prng(seed, 0);
  await insertRows(client, 'campaigns', [...randomCampaigns(prng), ...CAMPAIGNS_OF_ODD_LENGTHS]);
  await insertRows(client, 'holidays', HOLIDAYS);
  await insertRows(client, 'holiday_corrections', HOLIDAY_CORRECTIONS);
  const buyers = Array.from({ length: CLIENTS }, (_, client) => client).filter(() => prng.chance(0.4));
  const firstPurchase = () => dayOf(FIRST_DAY + prng.between(5, DAYS + 40) * DAY);
  await insertRows(
    client,
    'client_first_purchase_date',
    buyers.map((buyer) => ({ client_id: clientId(buyer), first_purchase_date: firstPurchase() })),
  );
  await insertRows(client, 'quarantined_messages', randomQuarantine(prng));

  const rows = Array.from({ length: messages }, () => randomMessage(prng));
  rows[3] = { ...rows[3], ...STRAY };
  const half = messages >> 1;
  await insertMessages(client, rows.slice(0, half));
  await client.query('SELECT ledger.fold()');
  await insertMessages(client, rows.slice(half));
  await client.query('DELETE FROM messages WHERE id % 17 = 0');
  // One purchase is linked to several messages of its client.
  await client.query(`
    UPDATE messages SET is_purchased = true, purchased_at = last_purchase
    FROM (SELECT client_id, max(purchased_at) AS last_purchase FROM messages WHERE is_purchased GROUP BY client_id) AS buyer
    WHERE buyer.client_id = messages.client_id AND last_purchase IS NOT NULL AND id % 19 = 0
  `);
  await client.query('UPDATE messages SET is_opened = NOT is_opened, campaign_id = campaign_id + 1 WHERE id % 13 = 0');
  await client.query(`UPDATE messages SET date = date + 1, sent_at = sent_at + interval '24 h' WHERE id % 11 = 0`);
}
