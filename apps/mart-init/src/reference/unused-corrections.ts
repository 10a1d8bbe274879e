import type { PoolClient } from 'pg';

/** Number of corrections to show. */
const SHOWN = 20;

/** One row for each correction without its holiday, and what could be meant: the names of that day, the days of that name. */
const UNUSED_CORRECTIONS = `
  SELECT to_char(date, 'YYYY-MM-DD') AS date, holiday,
         (SELECT string_agg(other.holiday, ', ' ORDER BY other.holiday)
          FROM public.holidays AS other WHERE other.date = correction.date) AS names,
         (SELECT string_agg(to_char(other.date, 'YYYY-MM-DD'), ', ' ORDER BY other.date)
          FROM public.holidays AS other WHERE other.holiday = correction.holiday) AS dates
  FROM public.holiday_corrections AS correction
  WHERE NOT EXISTS (SELECT FROM public.holidays AS own WHERE (own.date, own.holiday) = (correction.date, correction.holiday))
  ORDER BY correction.date, correction.holiday`;

interface UnusedCorrection {
  readonly date: string;
  readonly holiday: string;
  readonly names: string | null;
  readonly dates: string | null;
}

/** A warning for each correction that has no effect because `holidays` has no such date and name. */
export async function warningsOfUnusedCorrections(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<UnusedCorrection>(UNUSED_CORRECTIONS);
  const warnings = rows
    .slice(0, SHOWN)
    .map(
      ({ date, holiday, names, dates }) =>
        `holiday_corrections: the correction of "${holiday}" on ${date} has no effect, because holidays has no such entry` +
        (names === null ? '' : `; its entries of ${date}: ${names}`) +
        (dates === null ? '' : `; its entries of "${holiday}": ${dates}`),
    );
  return rows.length > SHOWN
    ? [...warnings, `holiday_corrections: further corrections without effect: ${rows.length - SHOWN}`]
    : warnings;
}
