-- How do clients of each stream react, and on which devices do they open?
SELECT channel, 'stream' AS kind, coalesce(stream, 'unknown') AS name, sent, opened, click_to_open_rate
FROM mart.stream_rates
UNION ALL
SELECT channel, 'platform', coalesce(platform, 'unknown'), NULL, opened, click_to_open_rate
FROM mart.platform_engagement
ORDER BY channel, kind, opened DESC;
