-- How do reactions differ by the month of the first purchase? (reads rows)
SELECT *
FROM mart.first_purchase_cohorts
ORDER BY cohort;
