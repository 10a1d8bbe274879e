-- Which records were rejected most recently, and why?
SELECT quarantined_at, topic, "partition", "offset", reasons, file, line, value_bytes
FROM mart.quarantined_records
ORDER BY quarantined_at DESC
LIMIT 100;
