-- Do clients who received many messages in the last days react less? (the last week of the data; reads rows)
SELECT fatigue.*
FROM mart.data_span,
     mart.fatigue(first_day => last_date - 6, last_day => last_date) AS fatigue;
