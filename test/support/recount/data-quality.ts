import { contract } from '#schema/contract.js';
import type { MartRow } from '../mart-rows.js';
import { campaignOf, ratio } from './counting.js';
import { holidayChecks } from './holidays.js';
import { dataSpan, dayNumber, isDated } from './days.js';
import type { MartData, Message } from './mart-data.js';

const NULLABLE = [
  'campaign_id',
  'category',
  'platform',
  'email_provider',
  'stream',
  'date',
  'sent_at',
  'opened_first_time_at',
  'opened_last_time_at',
  'clicked_first_time_at',
  'clicked_last_time_at',
  'unsubscribed_at',
  'hard_bounced_at',
  'soft_bounced_at',
  'complained_at',
  'blocked_at',
  'purchased_at',
] as const satisfies readonly (keyof Message)[];

const EVENTS = {
  open: 'opened_first_time_at',
  click: 'clicked_first_time_at',
  purchase: 'purchased_at',
  unsubscribe: 'unsubscribed_at',
  complaint: 'complained_at',
} as const;

/** All rows of data_quality except freshness, which cannot be computed from the messages. */
export function dataQuality(data: MartData): MartRow[] {
  const { messages, quarantined } = data;
  const check = (name: string, detail: string, condition: (m: Message) => boolean, of = messages) => {
    const figure = of.filter(condition).length;
    return { check_name: name, detail, figure, of_total: of.length, share: ratio(figure, of.length) };
  };
  const repeated = messages.length - new Set(messages.map(({ message_id }) => message_id)).size;
  const reasons = new Set(quarantined.flatMap((record) => record.reasons.map(({ reason }) => reason)));
  return [
    ...NULLABLE.map((column) => check('null', column, (m) => m[column] === null)),
    ...contract.flags.flatMap(({ flag, times: [time] }) => [
      check('contradiction', `${flag} without ${time}`, (m) => m[flag] && m[time] === null),
      check('contradiction', `${time} without ${flag}`, (m) => !m[flag] && m[time] !== null),
    ]),
    ...(['opened', 'clicked', 'purchased'] as const).map((event) =>
      check(
        'undelivered',
        `${event} but bounced or blocked`,
        (m) => m.is_hard_bounced || m.is_soft_bounced || m.is_blocked,
        messages.filter((m) => m[`is_${event}`]),
      ),
    ),
    check('orphan', 'campaign', (m) => m.campaign_id !== null && campaignOf(data, m) === undefined),
    ...Object.entries(EVENTS).map(([event, time]) =>
      check(
        'negative lag',
        `${event} before the send`,
        (m) => m[time]! < m.sent_at!,
        messages.filter((m) => m[time] !== null && m.sent_at !== null),
      ),
    ),
    ...dateChecks(messages),
    {
      check_name: 'duplicate message_id',
      detail: 'rows beyond the first',
      figure: repeated,
      of_total: messages.length,
      share: ratio(repeated, messages.length),
    },
    ...[...new Set(messages.map(({ channel }) => channel))].map((channel) =>
      check(
        'sent after unsubscribe',
        channel,
        ({ client_id, sent_at }) =>
          messages.some(
            (m) =>
              m.client_id === client_id &&
              m.channel === channel &&
              m.is_unsubscribed &&
              m.unsubscribed_at !== null &&
              m.unsubscribed_at < sent_at!,
          ),
        messages.filter((m) => m.channel === channel && m.sent_at !== null),
      ),
    ),
    ...holidayChecks(data),
    ...[...reasons].map((reason) => ({
      check_name: 'quarantine',
      detail: reason,
      figure: quarantined.filter((record) => record.reasons.some((each) => each.reason === reason)).length,
      of_total: null,
      share: null,
    })),
  ];
}

const FAR_DAYS = 30;

function dateChecks(messages: readonly Message[]): MartRow[] {
  const days = messages.filter(isDated).map(({ date }) => dayNumber(date));
  const today = Math.floor(Date.now() / 86_400_000);
  const row = (detail: string, isWrong: (day: number) => boolean) => {
    const figure = days.filter(isWrong).length;
    return { check_name: 'implausible date', detail, figure, of_total: days.length, share: ratio(figure, days.length) };
  };
  const { first, last } = dataSpan(messages) ?? { first: -Infinity, last: Infinity };
  return [
    row('in the future', (day) => day > today),
    row(`more than ${FAR_DAYS} days before the data`, (day) => day < first - FAR_DAYS),
    row(`more than ${FAR_DAYS} days after the data`, (day) => day > last + FAR_DAYS && day <= today),
  ];
}
