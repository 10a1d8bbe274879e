-- Do clients who received many messages in the last days react less? (the last week that is at least 7 days old; reads rows)
SELECT fatigue.*
FROM mart.data_span,
     mart.fatigue(first_day => last_date - 13, last_day => last_date - 7) AS fatigue;
