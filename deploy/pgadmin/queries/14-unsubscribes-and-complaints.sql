-- How many messages led to an unsubscribe or a complaint, by day of sending, channel and topic?
SELECT *
FROM mart.unsubscribes_and_complaints
ORDER BY share_of_unsubscribes DESC NULLS LAST
LIMIT 50;
