-- At which hour (UTC) do bulk messages have the highest open rate?
SELECT channel, hour, sum(sent) AS sent, sum(opened) AS opened, round(sum(opened) / sum(sent), 4) AS open_rate
FROM mart.send_time_rates
WHERE message_type = 'bulk'
GROUP BY channel, hour
ORDER BY channel, open_rate DESC;
