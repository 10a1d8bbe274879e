-- How do reactions differ by the month of the first purchase, before and after it? (reads rows)
SELECT *
FROM mart.first_purchase_cohorts
ORDER BY cohort, phase DESC;
