import { columnsAt, resourceAt, rowsOfSql, withoutAges } from '../resource-sql.js';
import { withParameter, WITH_TOKEN, type JsonRow } from '../rest-gateway.js';
import type { LivePage, ShownFigure } from './live-page.js';

/** Answers of the REST interface that a page has read, by address below the page's own. */
export class Answers {
  readonly rows = new Map<string, readonly JsonRow[]>();

  constructor({ page, base }: LivePage) {
    page.on('response', (response) => {
      const address = response.url().slice(base.length);
      if (!/^api\/v1\/(?!pipeline)/.test(address) || response.status() !== 200) return;
      void response.json().then(
        ({ data }: { data: JsonRow | readonly JsonRow[] }) =>
          this.rows.set(address, Array.isArray(data) ? (data as JsonRow[]) : [data as JsonRow]),
        // No JSON, or the page was left meanwhile.
        () => undefined,
      );
    });
  }

  /** Compares each answer with its SQL, run as another user. @returns differences, one a line */
  async differencesFromSql(gateway: string, databaseUrl: string): Promise<string[]> {
    const differences: string[] = [];
    for (const [address, rows] of this.rows) {
      const resource = resourceAt(decodeURI(address.slice('api/v1/'.length)));
      if (resource === undefined) continue;
      const response = await fetch(`${gateway}/${withParameter(address, 'format=sql')}`, { headers: WITH_TOKEN });
      if (response.status !== 200) differences.push(`${address}: no SQL: ${await response.text()}`);
      else {
        const expected = withoutAges(await rowsOfSql(databaseUrl, columnsAt(address, resource), await response.text()));
        const [shown, wanted] = [withoutAges(rows), expected].map((each) => JSON.stringify(each));
        if (shown !== wanted) differences.push(`${address}: ${shown} instead of ${wanted}`);
      }
    }
    return differences;
  }

  /** Compares figures with the answers that they come from. @returns differences, one a line */
  differencesOf(figures: readonly ShownFigure[]): string[] {
    const groups = new Map<string, ShownFigure[]>();
    for (const figure of figures) {
      if (figure.address === null) continue;
      // A row of a table must be one row of the answer.
      const group = figure.row === null ? `${figure.address} ${groups.size}` : `${figure.address} row ${figure.row}`;
      groups.set(group, [...(groups.get(group) ?? []), figure]);
    }
    return [...groups.values()].flatMap((group) => {
      const { address } = group[0]!;
      const rows = this.rows.get(address!);
      if (rows === undefined) return [`${address}: shown, but never read`];
      const isOf = (row: JsonRow) => group.every(({ column, value }) => column in row && textOf(row[column]) === value);
      if (rows.some(isOf)) return [];
      const shown = group.map(({ column, value }) => `${column} = ${value}`).join(', ');
      return [`${address}: no row has ${shown}; rows: ${JSON.stringify(rows).slice(0, 1000)}`];
    });
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').replaceAll('"', '');
}

const SCALES: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

/** Whether a text such as "2,090 d 18 h" shows so many seconds. */
function showsSeconds(text: string, seconds: number): boolean {
  const parts = [...text.matchAll(/([\d,.]+) (ms|s|min|h|d)\b/g)].map(([, number, unit]) => ({
    seconds: Number(number!.replaceAll(',', '')) * SECONDS[unit!]!,
    step: SECONDS[unit!]!,
  }));
  const shown = parts.reduce((sum, part) => sum + part.seconds, 0);
  return Math.abs(shown - seconds) <= parts.at(-1)!.step;
}

/** Whether a text in English shows this value: three significant digits, all of a count, or a duration in seconds. */
export function shows({ text, value }: ShownFigure): boolean {
  if (value === null || value === '') return text.startsWith('—');
  const number = Number(value);
  if (Number.isNaN(number)) return true;
  if (/^[\d,.]+ (ms|s|min|h|d)\b/.test(text)) return showsSeconds(text, number);
  const found = /^([+\u2212-]?[\d,]*\.?\d+)\s?(%|points|K|M|B|T)?/.exec(text);
  if (found === null) return false;
  const shown = Number(found[1]!.replaceAll(',', '').replace('\u2212', '-'));
  const unit = found[2] ?? '';
  const scaled = unit === '%' || unit === 'points' ? number * 100 : number / (SCALES[unit] ?? 1);
  if (unit === '' && Number.isInteger(number)) return shown === number;
  return Math.abs(shown - scaled) <= 0.0051 * Math.abs(scaled);
}
