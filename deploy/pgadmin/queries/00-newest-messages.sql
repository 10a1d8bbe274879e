-- Which messages were sent last?
SELECT *
FROM messages
ORDER BY sent_at DESC NULLS LAST, id DESC
LIMIT 10;
