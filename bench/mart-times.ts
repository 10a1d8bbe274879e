import type { Client } from 'pg';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';

const RUNS = 5;
/** Above this once is enough: such a view reads all rows, and the runs hardly differ. */
const SLOW_MS = 3000;

/** Rows of a table: name of each view and function of the mart, its rows, median and slowest time in ms, what it reads. */
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
