-- Why were records rejected, and how often? (A record can have several reasons.)
SELECT
  reason ->> 'reason' AS reason,
  reason ->> 'column' AS "column",
  count(*) AS records,
  max(quarantined_at) AS last_seen
FROM quarantined_messages
CROSS JOIN LATERAL jsonb_array_elements(reasons) AS reason
GROUP BY 1, 2
ORDER BY records DESC, 1, 2;
