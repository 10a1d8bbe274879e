-- How do clients of each stream react, and on which devices do they open and click?
SELECT channel, 'stream' AS kind, coalesce(stream, 'unknown') AS name, sent, opened, clicked, click_to_open_rate,
       NULL AS share_of_opens, NULL AS share_of_clicks
FROM mart.stream_rates
UNION ALL
SELECT channel, 'platform', coalesce(platform, 'unknown'), NULL, opened, clicked, NULL, share_of_opens, share_of_clicks
FROM mart.platform_engagement
ORDER BY channel, kind, opened DESC;
