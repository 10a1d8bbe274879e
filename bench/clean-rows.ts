import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CsvReader } from '#platform/csv/csv-reader.js';
import { CsvRow } from '#platform/csv/csv-record.js';
import { COLUMN_NAMES } from '#schema/contract.js';

/** Converts a message file that has no bad rows and no quotes to PostgreSQL's COPY text, with nulls as empty fields. */
export async function writeCleanRows(messages: string, path: string): Promise<void> {
  const reader = await CsvReader.open(messages, { columns: COLUMN_NAMES });
  const out = createWriteStream(path);
  for await (const records of reader.batches()) {
    const text = records.map((record) => (record instanceof CsvRow ? `${record.fields.join('\t')}\n` : '')).join('');
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
