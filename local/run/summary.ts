import type { Client } from 'pg';
import type { Audit } from './audit.js';
import type { Pipeline } from './pipeline.js';
import { grouped, table } from './screen.js';

interface ChannelRow {
  channel: string;
  sent: string;
  opened: string;
  clicked: string;
  purchased: string;
}

const BY_CHANNEL = `
  SELECT channel, count(*) AS sent,
         count(*) FILTER (WHERE is_opened) AS opened,
         count(*) FILTER (WHERE is_clicked) AS clicked,
         count(*) FILTER (WHERE is_purchased) AS purchased
  FROM messages GROUP BY channel ORDER BY count(*) DESC`;

const BY_REASON = `
  SELECT reason, count(*) AS records
  FROM quarantined_messages, LATERAL (SELECT DISTINCT each ->> 'reason' AS reason FROM jsonb_array_elements(reasons) each) r
  GROUP BY reason ORDER BY count(*) DESC, reason`;

/** What the run came to: the file's rows accounted for, the stages of this run, and figures from the mart. */
export async function summary(
  client: Client,
  audit: Audit,
  auditSeconds: number,
  pipeline: Pipeline,
): Promise<string[]> {
  const { consumer } = pipeline.counts;
  const reasons = (await client.query<{ reason: string; records: string }>(BY_REASON)).rows;
  const channels = (await client.query<ChannelRow>(BY_CHANNEL)).rows;
  return [
    '',
    'The file, looked up row by row in the mart',
    ...table([
      ['rows in the file', grouped(audit.rows)],
      ['in the mart, in this version or a newer one', grouped(audit.inMart)],
      ['in quarantine', grouped(audit.inQuarantine)],
      ['missing', grouped(audit.missing)],
    ]),
    '',
    'This run',
    ...table([
      ['stage', 'rows', 'seconds', 'rows/s'],
      stage('produced', pipeline.producing),
      stage('consumed', pipeline.consuming),
      ['audited', grouped(audit.rows), auditSeconds.toFixed(1), grouped(audit.rows / Math.max(auditSeconds, 0.001))],
    ]),
    ...table([
      ['stored', grouped(consumer.sum('messages_stored_total'))],
      ['unchanged (a duplicate, or not newer)', grouped(consumer.sum('messages_unchanged_total'))],
      ['values repaired', grouped(consumer.sum('messages_repaired_total'))],
    ]),
    '',
    'Quarantine by reason, all runs (a record can have several)',
    ...(reasons.length > 0
      ? table(reasons.map(({ reason, records }) => [reason, grouped(Number(records))]))
      : ['  empty']),
    '',
    'The mart by channel, all runs',
    ...table([
      ['channel', 'messages', 'opened', 'clicked', 'purchased'],
      ...channels.map((row) => [
        row.channel,
        grouped(Number(row.sent)),
        percent(row.opened, row.sent),
        percent(row.clicked, row.sent),
        percent(row.purchased, row.sent),
      ]),
    ]),
  ];
}

function stage(name: string, { rows, seconds, rate }: { rows: number; seconds: number; rate: number }): string[] {
  return [name, grouped(rows), seconds.toFixed(1), grouped(rate)];
}

function percent(part: string, whole: string): string {
  return `${((100 * Number(part)) / Number(whole)).toFixed(2)} %`;
}
