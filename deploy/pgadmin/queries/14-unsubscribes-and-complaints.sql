-- The messages of which days, channels and topics led clients to unsubscribe or complain?
SELECT *
FROM mart.unsubscribes_and_complaints
ORDER BY share_of_unsubscribes DESC NULLS LAST
LIMIT 50;
