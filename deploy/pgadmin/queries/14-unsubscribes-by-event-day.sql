-- On which days did most clients unsubscribe or complain, whenever the messages were sent?
SELECT *
FROM mart.unsubscribes_and_complaints_by_event_day
ORDER BY unsubscribed + complained DESC
LIMIT 50;
