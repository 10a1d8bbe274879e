import { readFileSync } from 'node:fs';

export interface GoldenCase {
  name: string;
  with?: Record<string, unknown>;
  without?: string[];
  raw?: string;
  raw_base64?: string;
  pieces?: [text: string, times: number][];
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

const golden = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as GoldenFile;

/** The bytes of a golden case; README.md describes the forms. */
export function valueOf(test: GoldenCase): Buffer | null {
  if (test.value === null) return null;
  if (test.raw !== undefined) return Buffer.from(test.raw);
  if (test.raw_base64 !== undefined) return Buffer.from(test.raw_base64, 'base64');
  if (test.pieces) return Buffer.from(test.pieces.map(([text, times]) => text.repeat(times)).join(''));
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

export const goldenCases: readonly GoldenCase[] = golden.cases;

/** The record that most cases alter, and its clean row. */
export const goldenBase = { fields: golden.base, row: golden.base_row };
