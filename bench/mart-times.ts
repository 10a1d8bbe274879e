import type { Client } from 'pg';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';

const RUNS = 5;
/** A view that takes longer is run once: it reads all rows, and its times hardly vary. */
const SLOW_MS = 3000;

/** Arguments of functions that need some. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  campaign_place: `'bulk', 1`,
  compare: `'{"channel":"email"}', '{"channel":"mobile_push"}'`,
};

/** Table rows: each view and function of the mart, its number of rows, median and slowest time in ms, and what it reads. */
export async function timeMart(client: Client): Promise<string[][]> {
  const lines: string[][] = [];
  for (const object of MART_OBJECTS) {
    const { kind, name, sql } = object;
    if (kind === 'function' && !/^(SETOF|TABLE)/.test(object.returns)) continue;
    const from = kind === 'view' ? `mart.${name}` : `mart.${name}(${ARGUMENTS[name] ?? ''})`;
    const times: number[] = [];
    let rowCount = 0;
    while (times.length < RUNS && (times[0] ?? 0) < SLOW_MS) {
      const began = performance.now();
      rowCount = (await client.query(`SELECT * FROM ${from}`)).rowCount ?? 0;
      times.push(performance.now() - began);
    }
    times.sort((one, other) => one - other);
    const reads = sql.includes('public.messages') ? 'rows' : 'ledger';
    const title = kind === 'view' ? from : `mart.${name}()`;
    lines.push([title, String(rowCount), times[times.length >> 1]!.toFixed(0), times.at(-1)!.toFixed(0), reads]);
  }
  return [['', 'rows', 'median', 'slowest', 'reads'], ...lines];
}
