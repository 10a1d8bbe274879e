-- Do clients who received many messages in the last days react less? (the last week of the data; reads rows)
SELECT fatigue.*
FROM (SELECT max(date) AS last_day FROM mart.daily_rates) AS newest,
     mart.fatigue(first_day => last_day - 6, last_day => last_day) AS fatigue;
