-- How many messages are opened or clicked again?
SELECT *
FROM mart.reopens_and_reclicks
ORDER BY sent DESC;
