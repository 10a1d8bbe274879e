-- At which hour (UTC) are bulk messages opened most? (hours of at least 1,000 messages, ranked by the lower bound)
SELECT channel, hour, sent, opened, round(opened::numeric / sent, 4) AS open_rate, mart.wilson_low(opened, sent) AS open_rate_low, mart.wilson_high(opened, sent) AS open_rate_high
FROM (
  SELECT channel, hour, sum(sent)::bigint AS sent, sum(opened)::bigint AS opened
  FROM mart.send_time_rates
  WHERE message_type = 'bulk'
  GROUP BY channel, hour
) AS by_hour
WHERE sent >= 1000
ORDER BY channel, open_rate_low DESC;
