-- How many messages went out through each channel, and how many of them were opened, clicked and followed by a purchase?
SELECT
  channel,
  count(*) AS messages,
  round(100.0 * count(*) FILTER (WHERE is_opened) / count(*), 2) AS opened_percent,
  round(100.0 * count(*) FILTER (WHERE is_clicked) / count(*), 2) AS clicked_percent,
  round(100.0 * count(*) FILTER (WHERE is_purchased) / count(*), 2) AS purchased_percent
FROM messages
GROUP BY channel
ORDER BY messages DESC;
