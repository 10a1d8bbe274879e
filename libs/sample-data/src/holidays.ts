import { type Holiday } from './model.js';

/** Month and day of the holidays that are on the same day every year. */
const YEARLY: readonly (readonly [monthAndDay: string, name: string])[] = [
  ['01-01', 'New Year'],
  ['01-07', 'Orthodox Christmas'],
  ['01-13', 'Old New Year'],
  ['01-19', 'Epiphany'],
  ['01-25', 'Student Day'],
  ['02-14', 'Saint Valentine'],
  ['02-23', 'Defender of the Fatherland Day'],
  ['03-08', "International Women's Day"],
  ['04-01', 'April Fools'],
  ['05-01', 'Spring and Labor Day'],
  ['05-09', 'Victory Day'],
  ['06-12', 'Independence Day'],
  ['09-01', 'First Day of School'],
  ['11-04', 'National Unity Day'],
];

/**
 * 48 rows on 47 dates with the quirks of the real file: 2021-01-25 appears twice, the Black Friday of 2022 has the wrong
 * year, and one name has an apostrophe.
 */
export const HOLIDAYS: readonly Holiday[] = [
  ...year('2021', '2021-01-25', '2021-11-26'),
  ...year('2022', '2022-01-31', '2021-11-25'),
  ...year('2023', '2023-01-30', '2023-11-24'),
];

function year(yearText: string, cyberMonday: string, blackFriday: string): Holiday[] {
  const holidays = YEARLY.map(([monthAndDay, name]) => ({ date: `${yearText}-${monthAndDay}`, name }));
  holidays.splice(5, 0, { date: cyberMonday, name: 'Cyber Monday Sale' });
  return [...holidays, { date: blackFriday, name: 'Black Friday' }];
}

/** The text of the file. No name has a comma, so none is quoted; like the real file, it has no newline at its end. */
export function formatHolidays(holidays: readonly Holiday[]): string {
  return ['date,holiday', ...holidays.map(({ date, name }) => `${date},${name}`)].join('\n');
}
