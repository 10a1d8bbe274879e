import type { Client } from 'pg';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';

const RUNS = 5;
/** A view that takes longer is run once: it reads all rows, and its times hardly vary. */
const SLOW_MS = 3000;

/** Table rows: each view and function of the mart, its number of rows, median and slowest time in ms, and what it reads. */
export async function timeMart(client: Client): Promise<string[][]> {
  const lines: string[][] = [];
  for (const { kind, name, sql } of MART_OBJECTS) {
    const from = kind === 'view' ? `mart.${name}` : `mart.${name}()`;
    const times: number[] = [];
    let rowCount = 0;
    while (times.length < RUNS && (times[0] ?? 0) < SLOW_MS) {
      const began = performance.now();
      rowCount = (await client.query(`SELECT * FROM ${from}`)).rowCount ?? 0;
      times.push(performance.now() - began);
    }
    times.sort((one, other) => one - other);
    const reads = sql.includes('public.messages') ? 'rows' : 'ledger';
    lines.push([from, String(rowCount), times[times.length >> 1]!.toFixed(0), times.at(-1)!.toFixed(0), reads]);
  }
  return [['', 'rows', 'median', 'slowest', 'reads'], ...lines];
}
