import { HOLIDAYS_BY_DAY } from '../holidays-by-day.js';
import { RIGHT_CENSORED, WITH_SPAN } from '../maturity.js';
import { counts, DAILY, numericType, rateColumns, rates, SHARE_TYPE, summed, USUAL_MEASURES } from '../measures.js';
import type { MartView } from '../mart-object.js';

/** Two dates of a yearly holiday are farther apart than this, even if it moves with the moon. */
const HALF_A_YEAR = 183;

const weekday = (date: string) => `extract(isodow FROM ${date})`;
const isoText = (date: string) => `to_char(${date}, 'YYYY-MM-DD')`;
const sameDay = (date: string, years: string) => `(${date} + make_interval(years => ${years}))::date`;
const yearOf = (date: string) => `extract(year FROM ${date})::int`;
/** The other date, moved to the year of the entry, and the reverse. */
const onItsYear = sameDay('other.date', `${yearOf('entry.date')} - ${yearOf('other.date')}`);
const onOtherYear = sameDay('entry.date', `${yearOf('other.date')} - ${yearOf('entry.date')}`);

/**
 * Rules for doubtful dates. They know no names.
 * - is_off_day: at least two others, all on the same day of the year. Skipped if that day was a Saturday or Sunday, because
 *   some holidays then move to a working day.
 * - is_off_weekday: at least two others, all on the same weekday and within a week of the year, as "the last Friday of November".
 *   The week keeps out holidays that move with the moon, whose weekdays agree by chance. Skipped if all others are on
 *   the same day, or near it because it was a Saturday or Sunday. Three dates can fit both rules; then both are named.
 * - twin: the name occurs twice within half a year, nowhere else, and a year earlier or later it is missing, as if the year was
 *   mistyped. Of the two, the one is doubtful that breaks a rule above, or else would have the weekday of the other in the year
 *   without the holiday. If that does not decide, both are.
 * A holiday with a correction is not doubted.
 */
export const holidayCalendar: MartView = {
  kind: 'view',
  name: 'holiday_calendar',
  comment:
    'The holidays with the corrections of holiday_corrections, which holiday_effect reads. Marks dates that are probably ' +
    'mistyped, by comparison with the other dates of the same name. A day can have several holidays.',
  columns: {
    date: 'Day of the holiday, after a correction; compared with days of sending in UTC',
    holiday: 'Name of the holiday',
    corrected_from: 'The day (UTC) in the table holidays, if a correction moved the holiday; otherwise null',
    is_doubtful: 'Whether the date is probably mistyped. A correction removes the doubt',
    doubt: 'Why the date is doubtful; null if it is not',
  },
  sql: `
    WITH entry AS (
      SELECT CASE WHEN correction.date IS NULL THEN given.date ELSE correction.correct_date END AS date, given.holiday,
             min(given.date) FILTER (WHERE correction.correct_date <> given.date) AS corrected_from,
             bool_or(correction.date IS NOT NULL) AS is_corrected
      FROM public.holidays AS given
      LEFT JOIN public.holiday_corrections AS correction ON (correction.date, correction.holiday) = (given.date, given.holiday)
      WHERE correction.date IS NULL OR correction.correct_date IS NOT NULL
      GROUP BY 1, 2
    ), compared AS (
      SELECT entry.*, count(other.date) AS others,
             min(${onItsYear}) AS first_day,
             max(${onItsYear}) AS last_day,
             bool_and(${onItsYear} = entry.date OR ${weekday(onOtherYear)} > 5) AS others_moved,
             min(${weekday('other.date')}) AS first_weekday, max(${weekday('other.date')}) AS last_weekday,
             min(other.date) FILTER (WHERE abs(other.date - entry.date) < ${HALF_A_YEAR}) AS twin,
             count(*) FILTER (WHERE abs(other.date - entry.date) < ${HALF_A_YEAR}) AS twins
      FROM entry LEFT JOIN entry AS other ON other.holiday = entry.holiday AND other.date <> entry.date
      GROUP BY entry.date, entry.holiday, entry.corrected_from, entry.is_corrected
    ), judged AS (
      SELECT *, count(*) FILTER (WHERE twins > 0) OVER (PARTITION BY holiday) AS entries_with_twin,
             others > 1 AND first_day = last_day AND date <> first_day AND ${weekday('first_day')} < 6
               AND NOT (first_weekday = last_weekday AND ${weekday('date')} = first_weekday) AS is_off_day,
             others > 1 AND last_day - first_day BETWEEN 1 AND 6
               AND first_weekday = last_weekday AND ${weekday('date')} <> first_weekday AND NOT others_moved AS is_off_weekday
      FROM compared
    ), gap AS (
      SELECT DISTINCT ON (date, holiday) date, holiday, missing, fits
      FROM judged,
           LATERAL (SELECT ${sameDay('date', 'years')} AS missing FROM (VALUES (1), (-1)) AS next (years)) AS moved,
           LATERAL (SELECT ${weekday('missing')} = ${weekday('twin')} AND abs(date - twin) < 8 AS fits) AS weekdays,
           (SELECT min(date) AS first, max(date) AS last FROM entry) AS calendar
      WHERE twins = 1 AND entries_with_twin = 2
        AND NOT EXISTS (
          SELECT FROM entry AS other WHERE other.holiday = judged.holiday AND abs(other.date - missing) < ${HALF_A_YEAR}
        )
        AND CASE WHEN fits THEN ${yearOf('missing')} BETWEEN ${yearOf('first')} AND ${yearOf('last')}
                 ELSE missing BETWEEN first AND last END
      ORDER BY date, holiday, fits DESC, missing DESC
    ), doubted AS (
      SELECT date, holiday, corrected_from, missing, twin, first_day, last_day, first_weekday, is_off_day, is_off_weekday,
             NOT is_corrected AND (
               is_off_day OR is_off_weekday OR missing IS NOT NULL AND NOT bool_or(is_off_day OR is_off_weekday) OVER name
                  AND (fits OR count(*) FILTER (WHERE fits) OVER name <> 1)
             ) AS is_doubtful
      FROM judged LEFT JOIN gap USING (date, holiday)
      WINDOW name AS (PARTITION BY holiday)
    )
    SELECT date, holiday, corrected_from, is_doubtful,
           CASE WHEN is_doubtful THEN concat_ws('; ',
             'also on ' || ${isoText('twin')} || ', but missing around ' || ${isoText('missing')},
             CASE WHEN is_off_weekday THEN
               'a ' || to_char(date, 'FMDay') || ', but all others are on a ' || to_char(date '2024-01-01' + first_weekday::int - 1, 'FMDay')
             END,
             CASE WHEN is_off_day THEN 'all others are on ' || to_char(first_day, 'FMDD FMMonth') END
           ) END AS doubt
    FROM doubted`,
};

export const holidayEffect: MartView = {
  kind: 'view',
  name: 'holiday_effect',
  comment:
    'Question 10, the effect of holidays: messages sent on each holiday compared with regular days, by type. One row for each ' +
    'type and holiday date, and one for all regular days of the type. Holidays come from holiday_calendar, with corrections; mind ' +
    'is_doubtful. A day with two holidays is one row, so that no message counts twice. One day has few messages and its own ' +
    'campaigns: a difference is not caused by the holiday alone.',
  columns: {
    message_type: 'Kind of campaign',
    date: 'Day of the holiday and of sending (UTC); null for regular days',
    holiday: "Name of the holiday, several joined by ' + '; 'regular day' for all other days",
    is_holiday: 'False for the rows of regular days',
    is_doubtful: 'Whether the date of the holiday is doubtful, see holiday_calendar; false for regular days',
    is_right_censored: `${RIGHT_CENSORED.columns.is_right_censored}; null for regular days`,
    is_purchase_right_censored: `${RIGHT_CENSORED.columns.is_purchase_right_censored}; null for regular days`,
    days: 'Days with such messages; 1 for a holiday',
    sent_per_day: 'Messages / days',
    open_rate_lift: 'open_rate minus that of regular days of the same type',
    click_rate_lift: 'click_rate minus that of regular days of the same type',
    purchase_rate_lift: 'purchase_rate minus that of regular days of the same type',
  },
  sql: `
    ${WITH_SPAN}
    SELECT message_type, date, coalesce(holiday, 'regular day') AS holiday, date IS NOT NULL AS is_holiday,
           coalesce(is_doubtful, false) AS is_doubtful, ${RIGHT_CENSORED.sql}, days,
           ${USUAL_MEASURES.join(', ')}, (sent::numeric / days)::${numericType(1)} AS sent_per_day, ${rateColumns().join(', ')},
           ${['open_rate', 'click_rate', 'purchase_rate']
             .map(
               (rate) =>
                 `(${rate} - max(${rate}) FILTER (WHERE date IS NULL) OVER type)::${SHARE_TYPE} AS ${rate}_lift`,
             )
             .join(', ')}
    FROM (
      SELECT *, ${rates()}
      FROM (
        SELECT message_type, holiday.date, holiday, is_doubtful, count(*) AS days, ${summed()}
        FROM (
          SELECT date, message_type, ${counts()} FROM ${DAILY} AND date IS NOT NULL
          GROUP BY date, message_type HAVING sum(n) <> 0
        ) AS day
        LEFT JOIN (${HOLIDAYS_BY_DAY}) AS holiday ON holiday.date = day.date
        GROUP BY message_type, holiday.date, holiday, is_doubtful
      ) AS counted
    ) AS with_rates
    WINDOW type AS (PARTITION BY message_type)`,
};
