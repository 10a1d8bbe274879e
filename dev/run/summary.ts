import type { Client } from 'pg';
import type { Reconciliation } from '#schema/reconciliation.js';
import type { Pipeline } from './pipeline.js';
import { grouped, table } from '#platform/terminal/screen.js';

type Row = Readonly<Record<string, string | null>>;

const BY_CHANNEL = 'SELECT * FROM mart.type_channel_rates ORDER BY sent DESC';

const BY_DAY =
  'SELECT date::text, sent, open_rate, open_rate_7d FROM mart.daily_rates ORDER BY sent DESC, date LIMIT 3';

const RESPONSE = `
  SELECT * FROM mart.response_times WHERE message_type = 'all' AND channel = 'all' ORDER BY array_position('{open,click,purchase}', event)`;

/** Leaves out nulls, which are normal, and freshness, which only reflects this run. */
const QUALITY = `
  SELECT checked, sum(figure) AS figure
  FROM mart.data_quality,
       LATERAL (SELECT CASE check_name WHEN 'contradiction' THEN 'contradiction: flag and time disagree'
                                       ELSE check_name || ': ' || detail END AS checked) AS named
  WHERE check_name NOT IN ('null', 'freshness') AND figure > 0
  GROUP BY check_name, checked ORDER BY check_name = 'quarantine', sum(figure) DESC, checked`;

/** How many sums of the ledger differ from a recount of all rows. With 0, every count of the mart is right. */
export async function ledgerDifferences(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::integer AS count FROM ledger.differences');
  return rows[0]!.count;
}

/** The result of the run: where the file's rows are, how long each stage took, and some views of the mart. */
export async function summary(
  client: Client,
  reconciled: Reconciliation,
  pipeline: Pipeline,
  differences: number,
): Promise<string[]> {
  const { consuming, counts } = pipeline.engine;
  const query = async (sql: string) => (await client.query<Row>(sql)).rows;
  const [channels, days, responses, quality] = [
    await query(BY_CHANNEL),
    await query(BY_DAY),
    await query(RESPONSE),
    await query(QUALITY),
  ];
  return [
    '',
    'Audit: every line of the files looked up in the mart',
    ...table([
      ['lines of the files', grouped(reconciled.lines)],
      ['in the mart', grouped(reconciled.mart)],
      ['superseded by a newer version', grouped(reconciled.superseded)],
      ['repeated in the files', grouped(reconciled.repeated)],
      ['in quarantine', grouped(reconciled.quarantined)],
      ...(reconciled.erased > 0 ? [['of erased clients, left out', grouped(reconciled.erased)]] : []),
      ...(reconciled.altered > 0 ? [['altered in the mart', grouped(reconciled.altered)]] : []),
      ['missing', grouped(reconciled.missing)],
      ...(reconciled.repeatedHeaders > 0
        ? [['lines that repeat the header, skipped', grouped(reconciled.repeatedHeaders)]]
        : []),
    ]),
    '',
    'This run',
    ...table([
      ['stage', 'rows', 'seconds', 'rows/s'],
      stage('produced', pipeline.producing),
      stage('consumed', consuming),
      [
        'audited',
        grouped(reconciled.lines),
        reconciled.seconds.toFixed(1),
        grouped(reconciled.lines / reconciled.seconds),
      ],
    ]),
    ...table([
      ['stored', grouped(counts.sum('messages_stored_total'))],
      ['unchanged (a duplicate, or not newer)', grouped(counts.sum('messages_unchanged_total'))],
      ...(counts.sum('messages_erased_total') > 0
        ? [['of erased clients, left out', grouped(counts.sum('messages_erased_total'))]]
        : []),
      ['values repaired', grouped(counts.sum('messages_repaired_total'))],
      ...(pipeline.follower
        ? [['repaired by Spark', grouped(pipeline.follower.counts.sum('messages_stored_total'))]]
        : []),
    ]),
    '',
    'The mart, all runs: mart.type_channel_rates',
    ...table([
      ['type', 'channel', 'sent', 'opened', 'clicked', 'purchased'],
      ...channels.map((row) => [
        row.message_type ?? '',
        row.channel ?? '',
        number(row.sent),
        percent(row.open_rate),
        percent(row.click_rate),
        percent(row.purchase_rate),
      ]),
    ]),
    'mart.daily_rates, the days with the most messages',
    ...table([
      ['day', 'sent', 'opened', 'opened in 7 days'],
      ...days.map((row) => [row.date ?? '', number(row.sent), percent(row.open_rate), percent(row.open_rate_7d)]),
    ]),
    'mart.response_times',
    ...table([
      ['event', 'events', 'median', '90 % within', 'within 24 h'],
      ...responses.map((row) => [
        row.event ?? '',
        number(row.events),
        duration(row.median_seconds),
        duration(row.p90_seconds),
        percent(row.within_24h_share),
      ]),
    ]),
    'mart.data_quality',
    ...(quality.length > 0
      ? table(quality.map(({ checked, figure }) => [checked ?? '', number(figure)]))
      : ['  no findings']),
    differences === 0
      ? 'The sums of the ledger agree with a recount of all rows.'
      : `${differences} sums of the ledger differ from a recount of all rows; list them with SELECT * FROM ledger.differences.`,
  ];
}

function stage(name: string, { rows, seconds, rate }: { rows: number; seconds: number; rate: number }): string[] {
  return [name, grouped(rows), seconds.toFixed(1), grouped(rate)];
}

function number(text: string | null | undefined): string {
  return text ? grouped(Number(text)) : '–';
}

/** @param share from 0 to 1 */
function percent(share: string | null | undefined): string {
  return share ? `${(100 * Number(share)).toFixed(2)} %` : '–';
}

function duration(seconds: string | null | undefined): string {
  if (!seconds) return '–';
  const value = Number(seconds);
  if (Math.abs(value) < 120) return `${value} s`;
  return value < 7200 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`;
}
