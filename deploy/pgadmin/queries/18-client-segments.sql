-- How many clients buy, click, open, or do nothing? (reads rows)
SELECT *
FROM mart.client_segments
ORDER BY clients DESC;
