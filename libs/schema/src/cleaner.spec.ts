import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { clean, type Cleaned } from './cleaner.js';
import { COLUMN_NAMES, contract, REASONS, REPAIRS } from './contract.js';

interface GoldenCase {
  name: string;
  with?: Record<string, unknown>;
  without?: string[];
  raw?: string;
  raw_base64?: string;
  repeat?: { pad_field: string; pad_with?: string; to_bytes: number };
  value?: null;
  headers?: Record<string, string>;
  expect: {
    row?: Record<string, string | null>;
    repairs?: { column: string; repair: string }[];
    unknown_fields?: number;
    reasons?: { column: string | null; reason: string }[];
    tombstone?: true;
  };
}

interface GoldenFile {
  base: Record<string, unknown>;
  base_row: Record<string, string | null>;
  cases: GoldenCase[];
}

const golden = JSON.parse(readFileSync(new URL('../golden/cases.json', import.meta.url), 'utf8')) as GoldenFile;

/** The bytes of a golden case; golden/README.md describes the forms. */
function valueOf(test: GoldenCase): Buffer | null {
  if (test.value === null) return null;
  if (test.raw !== undefined) return Buffer.from(test.raw);
  if (test.raw_base64 !== undefined) return Buffer.from(test.raw_base64, 'base64');
  const fields: Record<string, unknown> = { ...golden.base, ...test.with };
  for (const column of test.without ?? []) delete fields[column];
  if (test.repeat) {
    fields[test.repeat.pad_field] = '';
    const bare = Buffer.byteLength(JSON.stringify(fields));
    const pad = test.repeat.pad_with ?? 'x';
    fields[test.repeat.pad_field] = pad.repeat((test.repeat.to_bytes - bare) / Buffer.byteLength(pad));
  }
  return Buffer.from(JSON.stringify(fields));
}

function described(cleaned: Cleaned): GoldenCase['expect'] {
  switch (cleaned.kind) {
    case 'tombstone':
      return { tombstone: true };
    case 'rejected':
      return { reasons: [...cleaned.reasons] };
    case 'row':
      return {
        row: Object.fromEntries(COLUMN_NAMES.map((name, i) => [name, cleaned.values[i] ?? null])),
        repairs: [...cleaned.repairs],
        unknown_fields: cleaned.unknownFields,
      };
  }
}

function expected({ expect: outcome }: GoldenCase): GoldenCase['expect'] {
  if (!outcome.row) return outcome;
  const nothing = Object.fromEntries(COLUMN_NAMES.map((name) => [name, null]));
  return {
    row: { ...nothing, ...golden.base_row, ...outcome.row },
    repairs: outcome.repairs ?? [],
    unknown_fields: outcome.unknown_fields ?? 0,
  };
}

describe('the cleaner', () => {
  it.each(golden.cases.map((test) => [test.name, test] as const))('golden case: %s', (_name, test) => {
    const unparsable = test.headers?.[contract.record.unparsableHeader] !== undefined;
    expect(described(clean(valueOf(test), unparsable))).toEqual(expected(test));
  });

  it('has at least 200 golden cases, which name every reason, repair and column', () => {
    expect(golden.cases.length).toBeGreaterThanOrEqual(200);
    const named = new Set<string | null>();
    for (const { expect: outcome } of golden.cases) {
      for (const { column, reason } of outcome.reasons ?? []) named.add(reason).add(column);
      for (const { column, repair } of outcome.repairs ?? []) named.add(repair).add(column);
      for (const column of Object.keys(outcome.row ?? {})) named.add(column);
    }
    // PostgreSQL alone can give this one.
    named.add('rejected_by_database');
    expect([...Object.keys(REASONS), ...Object.keys(REPAIRS), ...COLUMN_NAMES].filter((n) => !named.has(n))).toEqual(
      [],
    );
  });

  it('reads numbers again as text without a stack or backtracking limit on a record of the greatest size', () => {
    const pad = 'x"\\'.repeat(190_000);
    const record = JSON.stringify({ ...golden.base, unknown: pad })
      .replace('"id":"', '"id":')
      .replace(/("id":\d+)"/, '$1');
    expect(Buffer.byteLength(record)).toBeLessThanOrEqual(contract.record.maxBytes);
    expect(clean(Buffer.from(record)).kind).toBe('row');
  });
});
