-- How many messages reach each stage, and how many skip one?
SELECT *
FROM mart.funnel
ORDER BY sent DESC;
