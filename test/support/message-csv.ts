import { contract } from '#schema/contract.js';

export const COLUMNS = contract.columns.map(({ name }) => name);

/** A row of a message file. The contract would reject it. */
export const row = (id: number): Record<string, string> => ({
  id: String(id),
  message_id: `uuid-${id}`,
  channel: id % 2 === 0 ? 'email' : '',
  client_id: '1515915625472576541',
  sent_at: `2021-05-08 12:00:${String(id % 60).padStart(2, '0')}`,
});

/** CSV with a header and the rows `from` to `to` - 1. */
export function csv(from: number, to: number, columns: readonly string[] = COLUMNS): string {
  const lines = [columns.join(',')];
  for (let id = from; id < to; id++) lines.push(columns.map((name) => row(id)[name] ?? '').join(','));
  return lines.join('\n') + '\n';
}

/** `from` to `to` - 1. */
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
