/** The names of each day's holidays, and whether one of them is doubtful. */
export const HOLIDAYS_BY_DAY = `
  SELECT date, string_agg(holiday, ' + ' ORDER BY holiday) AS holiday, bool_or(is_doubtful) AS is_doubtful
  FROM mart.holiday_calendar GROUP BY date`;
