import { DAILY } from '../measures.js';

const named = `holiday || ' on ' || to_char(date, 'YYYY-MM-DD')`;

/** Descriptions of the checks below, for the column check_name of data_quality. */
export const HOLIDAY_CHECK_NAMES =
  'doubtful holiday (a date that is probably mistyped, and why: see holiday_calendar), unused holiday correction (holidays has no ' +
  'such entry), year without holidays (messages of a year that the calendar lacks; holiday_effect counts its days as regular)';

/** Checks of the holidays, as rows of data_quality. An empty calendar is no finding. */
export const HOLIDAY_CHECKS = `
  (
    WITH day AS (SELECT date, sum(n) AS sent FROM ${DAILY} AND date IS NOT NULL GROUP BY date HAVING sum(n) <> 0),
         calendar AS (SELECT * FROM mart.holiday_calendar),
         dated AS (SELECT coalesce(sum(sent), 0) AS messages FROM day)
    SELECT 'doubtful holiday', ${named} || ': ' || doubt, coalesce(sent, 0), messages
    FROM calendar LEFT JOIN day USING (date), dated
    WHERE is_doubtful
    UNION ALL
    SELECT 'unused holiday correction', ${named}, 1, (SELECT count(*) FROM public.holiday_corrections)
    FROM public.holiday_corrections
    WHERE (date, holiday) NOT IN (SELECT date, holiday FROM public.holidays)
    UNION ALL
    SELECT 'year without holidays', to_char(date, 'YYYY'), sum(sent), messages
    FROM day, dated
    WHERE EXISTS (SELECT FROM calendar) AND to_char(date, 'YYYY') NOT IN (SELECT to_char(date, 'YYYY') FROM calendar)
    GROUP BY to_char(date, 'YYYY'), messages
  )`;
