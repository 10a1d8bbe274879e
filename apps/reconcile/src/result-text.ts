import { grouped, table } from '#platform/terminal/screen.js';
import type { LineCounts, Reconciliation } from '#schema/reconciliation.js';

/** A longer table of days shows its first and last days only. */
const LONGEST_TABLE = 40;
const FIRST_AND_LAST = 10;

/** The result as lines of text. */
export function resultText(result: Reconciliation): string[] {
  return [
    '',
    ...section('Lines of the files', counts(result)),
    ...section('In quarantine, by reason', numbers(result.reasons)),
    ...section('By day', days(result.days)),
    ...examples('missing lines', result.missing, result.first.missing, ({ file, line, id, reasons }) => [
      `  ${file}:${line}  ${id === null ? `rejected: ${reasons.join(', ')}` : `id ${id}`}`,
    ]),
    ...examples('altered rows', result.altered, result.first.altered, ({ file, line, id, columns }) => [
      `  ${file}:${line}  id ${id}`,
      ...Object.entries(columns).map(
        ([name, values]) => `    ${name}: ${shown(values.file)} in the file, ${shown(values.mart)} in the mart`,
      ),
    ]),
    ...examples('rows of the mart that no file has', result.extra ?? 0, result.first.extra, ({ id, day }) => [
      `  id ${id}${day === null ? '' : `, ${day}`}`,
    ]),
    ...repairs(result),
    verdict(result),
    `${grouped(result.lines)} lines in ${result.seconds.toFixed(1)} s, ${grouped(result.lines / result.seconds)} lines/s`,
  ];
}

function counts(result: Reconciliation): string[][] {
  const { lines, mart, superseded, repeated, quarantine, erased, altered, missing, extra, repeatedHeaders } = result;
  return [
    ['lines', grouped(lines)],
    ['in the mart', grouped(mart)],
    ['superseded by a newer version', grouped(superseded)],
    ['repeated in the files', grouped(repeated)],
    ...numbers({ open: 0, ...quarantine }).map(([state, count]) => [`in quarantine, ${state}`, count!]),
    ...(erased > 0 ? [['of erased clients, left out', grouped(erased)]] : []),
    ['altered in the mart', grouped(altered)],
    ['missing', grouped(missing)],
    ...(extra === null ? [] : [['rows of the mart that no file has', grouped(extra)]]),
    ...(repeatedHeaders > 0 ? [['lines that repeat the header, skipped', grouped(repeatedHeaders)]] : []),
  ];
}

function days(all: Reconciliation['days']): string[][] {
  if (all.length === 0) return [];
  const names = COLUMNS.filter((name) => ALWAYS.includes(name) || all.some((day) => day[name] > 0));
  const row = (day: Reconciliation['days'][number]) => [day.day, ...names.map((name) => grouped(day[name]))];
  const rows = all.map(row);
  if (all.length <= LONGEST_TABLE) return [['day', ...names], ...rows];
  const left = all.slice(FIRST_AND_LAST, -FIRST_AND_LAST);
  const sums = row({ ...left.reduce(sum), day: `… ${left.length} more` });
  return [['day', ...names], ...rows.slice(0, FIRST_AND_LAST), sums, ...rows.slice(-FIRST_AND_LAST)];
}

const COLUMNS = [
  'lines',
  'mart',
  'superseded',
  'repeated',
  'quarantined',
  'erased',
  'altered',
  'missing',
] as const satisfies (keyof LineCounts)[];
const ALWAYS: readonly string[] = ['lines', 'mart', 'missing'];

function sum<Counts extends LineCounts>(one: Counts, other: Counts): Counts {
  return { ...one, ...Object.fromEntries(COLUMNS.map((name) => [name, one[name] + other[name]])) };
}

function repairs({ repaired }: Reconciliation): string[] {
  if (repaired === undefined) return [];
  return [
    `Repaired: missing lines sent to the topic again: ${grouped(repaired.sent)}; altered rows set to the files' contents: ${grouped(repaired.updated)}.`,
    'Reconcile again once the engines have processed the topic.',
  ];
}

function verdict({ holds, lines, missing, altered, extra, ...rest }: Reconciliation): string {
  if (holds) {
    const { mart, superseded, repeated, quarantined, erased } = rest;
    const parts = [
      ...[`${grouped(mart)} in the mart`, `${grouped(superseded)} superseded`, `${grouped(repeated)} repeated`],
      `${grouped(quarantined)} in quarantine`,
      ...(erased > 0 ? [`${grouped(erased)} erased`] : []),
    ];
    return `The sum holds: ${grouped(lines)} lines = ${parts.join(' + ')}.`;
  }
  const differences = [
    ...(missing > 0 ? [`${grouped(missing)} missing`] : []),
    ...(altered > 0 ? [`${grouped(altered)} altered`] : []),
    ...(extra ? [`${grouped(extra)} extra`] : []),
  ].join(', ');
  const remedy =
    rest.repaired === undefined && missing + altered > 0 ? ' Repair missing and altered ones with --repair.' : '';
  return `The sum does not hold: ${differences}.${remedy}`;
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [title, ...table(rows), ''];
}

function examples<Example>(
  what: string,
  count: number,
  first: readonly Example[],
  linesOf: (example: Example) => string[],
): string[] {
  if (first.length === 0) return [];
  const title = count > first.length ? `The first ${first.length} of ${grouped(count)} ${what}` : `All ${what}`;
  return [title, ...first.flatMap(linesOf), ''];
}

function numbers(counted: Readonly<Record<string, number>>): string[][] {
  return Object.entries(counted).map(([name, count]) => [name, grouped(count)]);
}

function shown(value: string | null): string {
  return value === null ? 'empty' : JSON.stringify(value);
}
