-- How many clients buy, click, open, or do nothing, and how many of them unsubscribed? (reads rows)
SELECT *
FROM mart.client_segments
ORDER BY channel, clients DESC;
