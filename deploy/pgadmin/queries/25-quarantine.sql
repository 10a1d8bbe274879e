-- Which records were rejected most recently, and why?
SELECT quarantined_at, topic, "partition", "offset", reasons, headers, value AS bytes
FROM quarantined_messages
ORDER BY quarantined_at DESC
LIMIT 100;
