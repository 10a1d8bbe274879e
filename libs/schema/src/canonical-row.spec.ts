import { describe, expect, it } from '@jest/globals';
import { clean } from './cleaner.js';
import { COLUMN_NAMES } from './contract.js';
import { goldenCases, valueOf } from '../golden/golden-cases.js';
import { canonicalRow } from './canonical-row.js';

const FULL: Record<string, string> = {
  id: '3641814',
  message_id: '83882384-ed41-4a0d-93f7-b9fc926a6d7c',
  campaign_id: '27',
  message_type: 'transactional',
  client_id: '1515915625472576541',
  channel: 'email',
  category: 'a b',
  platform: 'smartphone',
  email_provider: 'mail.ru',
  stream: 'desktop',
  date: '2021-05-08',
  sent_at: '2021-05-08 12:45:40',
  is_opened: 't',
  opened_first_time_at: '2021-05-08 12:51:24',
  opened_last_time_at: '2021-05-08 12:51:24.5',
  is_clicked: 't',
  clicked_first_time_at: '2021-05-08 12:51:24',
  clicked_last_time_at: '2021-05-08 12:51:25',
  is_unsubscribed: 'f',
  is_hard_bounced: 'f',
  is_soft_bounced: 'f',
  is_complained: 'f',
  is_blocked: 'f',
  is_purchased: 't',
  purchased_at: '2021-05-09 23:59:59.000001',
  created_at: '2023-04-27 08:57:59.310237',
  updated_at: '2023-04-27 08:57:59.31',
};

/** The result of `clean` as a canonical row; null if it rejects or repairs the record. */
function cleanLine(value: Buffer): string | null {
  const cleaned = clean(value);
  return cleaned.kind === 'row' && cleaned.repairs.length === 0 && cleaned.unknownFields === 0
    ? cleaned.values.join('\t')
    : null;
}

/** The record with its fields in the contract's order, if `clean` accepts it. */
function inOrder(value: Buffer | null): Buffer | null {
  if (value === null || clean(value).kind !== 'row') return value;
  const fields = JSON.parse(value.toString()) as Record<string, unknown>;
  const position = (name: string) => COLUMN_NAMES.indexOf(name as (typeof COLUMN_NAMES)[number]);
  const entries = Object.entries(fields).sort(([a], [b]) => position(a) - position(b));
  return Buffer.from(JSON.stringify(Object.fromEntries(entries)));
}

describe('canonicalRow', () => {
  it('accepts a record with canonical values', () => {
    const value = Buffer.from(JSON.stringify(FULL));
    expect(canonicalRow(value)).toBe(COLUMN_NAMES.map((name) => FULL[name] ?? '').join('\t'));
    expect(canonicalRow(value)).toBe(cleanLine(value));
  });

  it('agrees with clean on every golden case that it accepts', () => {
    let taken = 0;
    for (const golden of goldenCases) {
      const value = inOrder(valueOf(golden));
      const line = value && canonicalRow(value);
      if (line === null) continue;
      taken++;
      expect({ name: golden.name, line }).toEqual({ name: golden.name, line: cleanLine(value!) });
    }
    expect(taken).toBeGreaterThan(100);
  });

  it('agrees with clean wherever it accepts a record with one byte changed, inserted or deleted', () => {
    const record = Buffer.from(JSON.stringify(FULL));
    let taken = 0;
    for (let at = 0; at < record.length; at++) {
      for (const byte of Buffer.from(' tfTZ."\\,{}:-+0123569Aaz\t\x00\x7f\x80\xff', 'latin1')) {
        const changed = Buffer.from(record);
        changed[at] = byte;
        const inserted = Buffer.concat([record.subarray(0, at), Buffer.of(byte), record.subarray(at)]);
        for (const value of [changed, inserted]) {
          const line = canonicalRow(value);
          if (line === null) continue;
          taken++;
          if (line !== cleanLine(value))
            expect({ value: value.toString('latin1'), line }).toEqual({ line: cleanLine(value) });
        }
      }
      const cut = Buffer.concat([record.subarray(0, at), record.subarray(at + 1)]);
      const line = canonicalRow(cut);
      if (line !== null) expect(line).toBe(cleanLine(cut));
    }
    expect(taken).toBeGreaterThan(2000);
  });

  it.each(Object.keys(FULL))('agrees with clean on records without %s or with other values of it', (column) => {
    const without = { ...FULL };
    delete without[column];
    const variants = [
      without,
      ...[
        '',
        ' ',
        't',
        'f',
        '0',
        '2021-05-08',
        '2021-02-29',
        '2020-02-29',
        '2021-05-08 12:45:40.10',
        'x'.repeat(129),
        'x'.repeat(256),
        'X',
        '9223372036854775807',
        '9223372036854775808',
      ].map((text) => ({ ...FULL, [column]: text })),
    ];
    for (const fields of variants) {
      const value = Buffer.from(JSON.stringify(fields));
      const line = canonicalRow(value);
      if (line !== null) expect({ fields, line }).toEqual({ fields, line: cleanLine(value) });
    }
  });
});
