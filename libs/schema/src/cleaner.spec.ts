import { describe, expect, it } from '@jest/globals';
import { clean, cleanTexts, type Cleaned } from './cleaner.js';
import { goldenBase, goldenCases, valueOf, type GoldenCase } from '../golden/golden-cases.js';
import { COLUMN_NAMES, contract, REASONS, REPAIRS } from './contract.js';

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
    row: { ...nothing, ...goldenBase.row, ...outcome.row },
    repairs: outcome.repairs ?? [],
    unknown_fields: outcome.unknown_fields ?? 0,
  };
}

describe('the cleaner', () => {
  it.each(goldenCases.map((test) => [test.name, test] as const))('golden case: %s', (_name, test) => {
    const unparsable = test.headers?.[contract.record.unparsableHeader] !== undefined;
    expect(described(clean(valueOf(test), unparsable))).toEqual(expected(test));
  });

  it('cleans texts like a JSON object of them, in every golden case', () => {
    const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
    const all = goldenCases.map((test) => {
      const fields: Record<string, unknown> = { ...goldenBase.fields, ...test.with };
      for (const name of test.without ?? []) delete fields[name];
      const texts = COLUMN_NAMES.map((name) => textOf(fields[name] ?? ''));
      const json: Record<string, string> = {};
      for (const [i, text] of texts.entries()) if (text !== '') json[COLUMN_NAMES[i]!] = text;
      return [cleanTexts(texts), clean(Buffer.from(JSON.stringify(json)))] as const;
    });
    for (const [ofTexts, ofJson] of all) expect(ofTexts).toEqual(ofJson);
    expect(new Set(all.map(([{ kind }]) => kind))).toEqual(new Set(['row', 'rejected']));
  });

  it('has at least 200 golden cases, which cover every reason, repair and column', () => {
    expect(goldenCases.length).toBeGreaterThanOrEqual(200);
    const named = new Set<string | null>();
    for (const { expect: outcome } of goldenCases) {
      for (const { column, reason } of outcome.reasons ?? []) named.add(reason).add(column);
      for (const { column, repair } of outcome.repairs ?? []) named.add(repair).add(column);
      for (const column of Object.keys(outcome.row ?? {})) named.add(column);
    }
    // The first comes only from PostgreSQL, the second from the transport.
    named.add('rejected_by_database').add('unreadable_batch');
    expect([...Object.keys(REASONS), ...Object.keys(REPAIRS), ...COLUMN_NAMES].filter((n) => !named.has(n))).toEqual(
      [],
    );
  });

  it('accepts unquoted numbers in a record of the greatest size, without hitting a stack or backtracking limit', () => {
    const pad = 'x"\\'.repeat(190_000);
    const record = JSON.stringify({ ...goldenBase.fields, unknown: pad })
      .replace('"id":"', '"id":')
      .replace(/("id":\d+)"/, '$1');
    expect(Buffer.byteLength(record)).toBeLessThanOrEqual(contract.record.maxBytes);
    expect(clean(Buffer.from(record)).kind).toBe('row');
  });
});
