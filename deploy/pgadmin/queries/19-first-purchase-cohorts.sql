-- How do clients react by the month of their first purchase? (reads rows)
SELECT *
FROM mart.first_purchase_cohorts
ORDER BY cohort;
