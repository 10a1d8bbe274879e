import { contract, type Column } from '#schema/contract.js';
import { type Prng } from '#sample-data/prng.js';

/** A canonical value as spreadsheets, pandas and databases export it; usually the same value, sometimes a damaged one. */
export function exportedText({ kind }: Column, text: string | undefined, prng: Prng): string | undefined {
  if (text === undefined)
    return prng.chance(0.3) ? prng.pick([...contract.nullWords, 'NULL', '\\N', 'NaT']) : undefined;
  switch (kind) {
    case 'integer':
      return text + prng.pick(['', '.', '.0', '.0', '.00', prng.pick(['.5', 'E+18', '.0e3'])]);
    case 'boolean':
      return text === 't' ? prng.pick(['True', '1.0', '1.']) : prng.pick(['FALSE', '0.0', '0.00']);
    case 'date':
      return text + prng.pick(['', ' 00:00:00', 'T00:00:00.000Z', ' 00:00:00+00:00', ' 00:00:00 UTC', ' 01:00:00']);
    case 'time':
      return prng.chance(0.9) ? withOffset(text, prng) : `${text.slice(5, 7)}/${text.slice(8, 10)}/${text.slice(0, 4)}`;
    case 'text':
    case 'open_set':
    case 'closed_set':
      return text;
  }
}

/** The same moment in another time zone. */
function withOffset(text: string, prng: Prng): string {
  const minutes = prng.pick([0, 0, 60, -60, 330, -570, 840, -1439, 1439]);
  const local = new Date(Date.parse(`${text.slice(0, 19)}Z`) + minutes * 60_000).toISOString().slice(0, 19);
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  const sign = minutes < 0 || (minutes === 0 && prng.chance(0.2)) ? '-' : '+';
  const forms = [`${sign}${hour}:${minute}`, `${sign}${hour}${minute}`, ` ${sign}${hour}${minute}`];
  if (minute === '00') forms.push(`${sign}${hour}`);
  if (minutes === 0) forms.push(' UTC', 'Z', '');
  return local.replace('T', prng.pick(['T', ' ', 't'])) + text.slice(19) + prng.pick(forms);
}
