const named = `holiday || ' on ' || to_char(date, 'YYYY-MM-DD')`;

/** Descriptions of the checks below, for the column check_name of data_quality. */
export const HOLIDAY_CHECK_NAMES =
  'doubtful holiday (a date that is probably mistyped, and why: see holiday_calendar), unused holiday correction (holidays has no ' +
  'such entry), year without holidays (messages of a year that the calendar lacks; holiday_effect counts its days as regular)';

const DATED = '(SELECT coalesce(sum(n), 0) FROM day)';

/**
 * Checks of the holidays, as rows of data_quality. An empty calendar is no finding. They read `day`, the number `n` of messages of
 * each `date`.
 */
export const HOLIDAY_CHECKS = `
      SELECT 'doubtful holiday', ${named} || ': ' || doubt,
             coalesce((SELECT n FROM day WHERE day.date = holiday_calendar.date), 0), ${DATED}
      FROM mart.holiday_calendar WHERE is_doubtful
      UNION ALL
      SELECT 'unused holiday correction', ${named}, 1, (SELECT count(*) FROM public.holiday_corrections)
      FROM public.holiday_corrections WHERE (date, holiday) NOT IN (SELECT date, holiday FROM public.holidays)
      UNION ALL
      SELECT 'year without holidays', year, sum(n), ${DATED}
      FROM (SELECT to_char(date, 'YYYY') AS year, n FROM day) AS dated
      WHERE year NOT IN (SELECT to_char(date, 'YYYY') FROM mart.holiday_calendar) AND EXISTS (SELECT FROM mart.holiday_calendar)
      GROUP BY year HAVING sum(n) <> 0`;
