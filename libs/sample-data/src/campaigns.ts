import { microsText, timeText, DAY_SECONDS } from './clock.js';
import { csvField } from './csv.js';
import { type Campaign, type Cell } from './model.js';
import { type Prng } from './prng.js';

const HEADER =
  'id,campaign_type,channel,topic,started_at,finished_at,total_count,ab_test,warmup_mode,hour_limit,subject_length,' +
  'subject_with_personalization,subject_with_deadline,subject_with_emoji,subject_with_bonuses,subject_with_discount,' +
  'subject_with_saleout,is_test,position';

const BULK_CAMPAIGNS = 1830;
const FIRST_BULK_ID = 63;
const LAST_BULK_ID = 12_074;
/** These ids appear twice in the file, once as bulk and once as transactional. */
const TWICE = [64, 366, 368, 372, 373, 374, 381];
const TRANSACTIONAL_IDS = [
  ...range(26, 34),
  ...range(54, 57),
  ...[60, 62, 64, 67, 122, 221, 229, 232, 233, 237],
  ...range(357, 382),
  470,
];
/** The transactional campaigns from 357 on are mobile push, except the last one, which is sms. */
const FIRST_PUSH_ID = 357;
const SMS_ID = 470;
const TRIGGER_IDS = range(18_010, 18_018).concat(range(19_867, 19_872), range(20_833, 20_844));

/** Topics with their number of campaigns. */
const BULK_TOPICS = weighted([
  ['sale out', 78],
  ['happy birthday', 33],
  ['offer after purchase', 32],
  ['leave review', 29],
  ['event', 6],
  ['welcome campaign', 3],
  ['', 3],
]);
const TRANSACTIONAL_TOPICS = [
  'order created',
  'order shipped',
  'order ready for pickup',
  'order reminder',
  'order created',
  'order shipped',
  'order ready for pickup',
  'order reminder',
  'order pickup still pending',
  'order cancelled',
  'profile updated',
  'bonuses expired',
];
const TRIGGER_TOPICS = [
  'abandoned cart',
  'abandoned view',
  'abandoned cart',
  'abandoned category',
  'abandoned search',
  'added to wish list',
  'subscribed',
  'price drop',
  'recent purchase',
  '',
  'back in stock',
];
/** In the real file, 455 of 1,830 bulk campaigns are e-mail. */
const MAIL_SHARE = 455 / 1830;

const MINUTE = 60;
const HOUR = 3600;

/** The campaigns of a file without `--like`: 1,830 bulk, 50 transactional and 27 trigger ones, as in the real file. */
export function builtInCampaigns(firstDay: number, lastDay: number, prng: Prng): Campaign[] {
  const days = lastDay + 1 - firstDay;
  const bulk = bulkIds(prng).map((id): Campaign => {
    const position = (id - FIRST_BULK_ID) / (LAST_BULK_ID - FIRST_BULK_ID + 1);
    const channel = prng.chance(MAIL_SHARE) ? 'email' : 'mobile_push';
    const day = firstDay + Math.floor(position * days);
    return { id, type: 'bulk', channel, topic: prng.pick(BULK_TOPICS), day, ...sendingTime(prng) };
  });
  const transactional = TRANSACTIONAL_IDS.map((id, index): Campaign => {
    const channel = id === SMS_ID ? 'sms' : id >= FIRST_PUSH_ID ? 'mobile_push' : 'email';
    const topic = TRANSACTIONAL_TOPICS[index % TRANSACTIONAL_TOPICS.length]!;
    return { id, type: 'transactional', channel, topic, startSecond: 0, durationSeconds: 0 };
  });
  const trigger = TRIGGER_IDS.map((id, index): Campaign => {
    const topic = TRIGGER_TOPICS[index % TRIGGER_TOPICS.length]!;
    return { id, type: 'trigger', channel: 'multichannel', topic, startSecond: 0, durationSeconds: 0 };
  });
  return [...bulk, ...trigger, ...transactional];
}

/** The time of day (UTC) at which a bulk campaign is sent: in the morning or around noon, within minutes or hours. */
export function sendingTime(prng: Prng): { startSecond: number; durationSeconds: number } {
  const long = prng.chance(0.3);
  return {
    startSecond: prng.between(6 * HOUR, 15 * HOUR),
    durationSeconds: long ? prng.between(HOUR, 6 * HOUR) : prng.between(MINUTE, HOUR),
  };
}

function bulkIds(prng: Prng): number[] {
  const transactional = new Set(TRANSACTIONAL_IDS);
  const candidates = range(FIRST_BULK_ID, LAST_BULK_ID).filter((id) => !transactional.has(id));
  const chosen = prng.shuffle(candidates).slice(0, BULK_CAMPAIGNS - TWICE.length);
  return [...chosen, ...TWICE].sort((one, other) => one - other);
}

/** The text of campaigns.csv in the style of the real file: `True`/`False`, lengths such as `146.0`. */
export function formatCampaigns(campaigns: readonly Campaign[], cells: readonly Cell[], prng: Prng): string {
  const sent = new Map<Campaign, number>();
  for (const cell of cells) sent.set(cell.campaign, (sent.get(cell.campaign) ?? 0) + cell.sent);
  const lines = campaigns.map((campaign) => {
    const start = [campaign.id, campaign.type, campaign.channel, csvField(campaign.topic)];
    return [...start, ...attributes(campaign, sent.get(campaign) ?? 0, prng)].join(',');
  });
  return `${[HEADER, ...lines].join('\n')}\n`;
}

function attributes(campaign: Campaign, sent: number, prng: Prng): string[] {
  switch (campaign.type) {
    case 'bulk':
      return [...sending(campaign, sent, prng), ...subject(prng.between(15, 150), prng), '', ''];
    case 'transactional':
      return ['', '', '', '', '', '', `${prng.between(27, 146)}.0`, ...Array<string>(6).fill('False'), '', ''];
    case 'trigger':
      return [...Array<string>(13).fill(''), prng.chance(0.22) ? 'True' : 'False', `${prng.below(15)}`];
    default:
      return campaign.type satisfies never;
  }
}

/** started_at (six fraction digits), finished_at (none), total_count, ab_test, warmup_mode, hour_limit. */
function sending(campaign: Campaign, sent: number, prng: Prng): string[] {
  const start = campaign.day! * DAY_SECONDS + campaign.startSecond;
  const warmup = prng.chance(0.017);
  return [
    microsText(start * 1_000_000 + prng.below(1_000_000)),
    prng.chance(0.01) ? '' : timeText(start + campaign.durationSeconds),
    `${sent}`,
    prng.chance(0.0066) ? 'True' : '',
    warmup ? 'True' : 'False',
    warmup ? `${prng.between(1, 120) * 500}` : '',
  ];
}

/** subject_length and the six flags: personalization, deadline, emoji, bonuses, discount, saleout. */
function subject(length: number, prng: Prng): string[] {
  const flags = [0.015, 0.025, 0.99, 0.34, 0.05, 0.02].map((share) => (prng.chance(share) ? 'True' : 'False'));
  return [`${length}.0`, ...flags];
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last + 1 - first }, (_, index) => first + index);
}

function weighted(items: readonly (readonly [text: string, weight: number])[]): string[] {
  return items.flatMap(([text, weight]) => Array<string>(weight).fill(text));
}
