import { grouped } from '#platform/terminal/screen.js';
import type { Cleaned } from '#schema/cleaner.js';
import { COLUMN_NAMES, contract, REASONS, type Reason } from '#schema/contract.js';
import { QUARANTINE_STATES, type QuarantineAttempt } from '#schema/quarantine-attempts.js';
import { fieldsOf } from './corrected-record.js';
import type { Entry, ReasonCount } from './entries.js';

/** Characters of an id that are shown; more than enough to be unique. */
const SHOWN_ID = 12;
const MAX_TEXT = 60;

export const shortId = (entry: string) => entry.slice(0, SHOWN_ID);

/** Text of others: control characters are shown as escapes, as they could change what the terminal shows. */
function shown(text: string, most = MAX_TEXT): string {
  const plain = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(
      /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

const reasonText = ({ column, reason }: Reason) => (column === null ? reason : `${column}: ${reason}`);

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]!.length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}

export function listReport(entries: readonly Entry[], counts: readonly ReasonCount[]): string[] {
  if (entries.length === 0) return ['No entries.'];
  return [
    ...table([
      ['entry', 'state', 'quarantined', 'record', 'reasons'],
      ...entries.map((entry) => [
        shortId(entry.entry),
        entry.state,
        time(entry.quarantined_at),
        placeOf(entry),
        entry.reasons.map(reasonText).join(', '),
      ]),
    ]),
    '',
    ...table([
      ['entries', 'state', 'column', 'reason'],
      ...counts.map(({ state, reason, column, n }) => [grouped(Number(n)), state, column ?? '', reason]),
    ]),
  ];
}

export function showReport(entry: Entry, attempts: readonly QuarantineAttempt[]): string[] {
  return [
    `entry       ${entry.entry}`,
    `state       ${entry.state}: ${QUARANTINE_STATES[entry.state]}`,
    `record      ${placeOf(entry)}, quarantined ${time(entry.quarantined_at)}`,
    ...entry.reasons.map((reason) => `reason      ${reasonText(reason)}: ${REASONS[reason.reason]}`),
    '',
    ...valueReport(entry),
    ...(attempts.length === 0
      ? []
      : [
          '',
          ...table([
            ['begun', 'action', 'author', 'result', 'change, note, reasons'],
            ...attempts.map(({ begun_at, action, author, result, sent_at, change, note, reasons }) => [
              time(begun_at),
              action,
              shown(author),
              result ?? (sent_at === null ? 'not sent yet' : 'on its way'),
              [
                ...(change ? [changeText(change)] : []),
                ...(note === null ? [] : [shown(note)]),
                ...(reasons ?? []).map(reasonText),
              ].join('; '),
            ]),
          ]),
        ]),
  ];
}

function valueReport(entry: Entry): string[] {
  if (entry.value === null) return ['The bytes of this record were not stored.'];
  const fields = fieldsOf(entry);
  const names = COLUMN_NAMES.filter(
    (name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== '',
  );
  if (names.length === 0) return [`value       ${shown(entry.value.toString(), 2000)}`];
  const faults = new Map(entry.reasons.map((reason) => [reason.column, reason.reason]));
  return table(
    names.map((name) => {
      const field = fields[name];
      const text = shown(typeof field === 'string' ? field : JSON.stringify(field));
      return [faults.has(name) ? '!' : ' ', name, text, faults.get(name) ?? ''];
    }),
  );
}

/** What would become of a record, for a dry run. */
export function resultText(cleaned: Cleaned): string {
  if (cleaned.kind === 'rejected') return `still rejected: ${cleaned.reasons.map(reasonText).join(', ')}`;
  return 'passes';
}

export function changeText(change: Readonly<Record<string, string | null>>): string {
  return Object.entries(change)
    .map(([column, value]) => (value === null ? `${column} cleared` : `${column} = ${shown(value)}`))
    .join(', ');
}

/** The faulty and the changed columns of a record, before and after. */
export function beforeAndAfter(entry: Entry, cleaned: Cleaned, changed: readonly string[]): string[] {
  const before = fieldsOf(entry);
  const columns = [...new Set([...entry.reasons.flatMap(({ column }) => column ?? []), ...changed])];
  return columns.map((column) => {
    const old = before[column];
    const oldText =
      old === undefined || old === null ? '(none)' : shown(typeof old === 'string' ? old : JSON.stringify(old));
    if (cleaned.kind !== 'row') return `  ${column}: ${oldText}`;
    const value = cleaned.values[COLUMN_NAMES.findIndex((name) => name === column)];
    return `  ${column}: ${oldText} -> ${value == null ? '(none)' : shown(value)}`;
  });
}

/** Records by what the contract makes of them. */
export class Tally {
  private readonly counts = new Map<string, number>();
  total = 0;
  passing = 0;

  add(cleaned: Cleaned | undefined): void {
    this.total++;
    if (cleaned?.kind === 'row') this.passing++;
    const reasons =
      cleaned === undefined ? ['bytes not stored'] : cleaned.kind === 'rejected' ? cleaned.reasons.map(reasonText) : [];
    for (const reason of new Set(reasons)) this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }

  lines(): string[] {
    const others = [...this.counts].sort(([, a], [, b]) => b - a);
    return table([
      [grouped(this.passing), 'pass'],
      ...others.map(([reason, n]) => [grouped(n), `still rejected: ${reason}`]),
    ]);
  }
}

function placeOf({ topic, partition, offset, headers }: Entry): string {
  const place = `${topic}/${partition}/${offset}`;
  const file = headers[contract.record.fileHeader];
  return file === undefined ? place : `${place} (${shown(file)}:${shown(headers[contract.record.lineHeader] ?? '?')})`;
}

function time(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
