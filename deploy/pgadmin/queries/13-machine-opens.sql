-- Which opens may machines have made, and what are the open rates without them? (opens at most 15 s after the send; groups with at least 1,000 opens)
SELECT dimension, channel, coalesce(value, 'unknown') AS value, sent, opened, opened_within, within_share, open_rate, later_open_rate
FROM mart.machine_opens(15)
WHERE opened >= 1000
ORDER BY dimension, channel, opened DESC;
