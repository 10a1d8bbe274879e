import type { Erased } from './erase-client.js';

/**
 * What the command prints after an erasure.
 *
 * @param retention what the topic still holds
 */
export function erasureReport(client: string, erased: Erased, retention: string): string[] {
  const counts = [
    ['messages', erased.messages],
    ['quarantined_messages', erased.quarantined],
    ['client_first_purchase_date', erased.first_purchases],
  ] as const;
  const isEmpty = counts.every(([, rows]) => rows === '0');
  return [
    isEmpty ? `The mart held nothing of client ${client}.` : `Client ${client} is erased from the mart:`,
    ...(isEmpty ? [] : counts.map(([table, rows]) => `  ${table.padEnd(28)}${rows.padStart(10)}`)),
    `The client is blocked: consumer, Spark job and mart-init store no more rows of this client, and count them as erased.`,
    `Recorded in the table erasures under ${erased.hash.slice(0, 16)}…, without the client's id.`,
    'Not erased by this command:',
    `- ${retention}.`,
    '- Backups keep the client until they are rotated out: on Kubernetes after BACKUP_KEEP (7) further backups. A restore leaves out blocked clients.',
    '- Message files and client_first_purchase_date.csv are not changed. Erase their lines yourself.',
    ...(erased.unreadable === '0'
      ? []
      : [
          `- ${erased.unreadable} quarantined records name no client that can be read. Look at them: ` +
            'SELECT * FROM quarantined_messages WHERE erasure.client_of(value) IS NULL',
        ]),
    '- The disk of PostgreSQL keeps deleted rows until VACUUM, and its write-ahead log and archives until they are recycled.',
  ];
}
