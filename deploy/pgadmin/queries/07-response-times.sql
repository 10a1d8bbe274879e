-- How long does it take until the first open, the first click, the purchase, the unsubscribe and the complaint?
SELECT event, message_type, channel, events, make_interval(secs => median_seconds) AS median, make_interval(secs => p90_seconds) AS p90, within_1h_share, within_24h_share, before_send
FROM mart.response_times
ORDER BY array_position('{open,click,purchase,unsubscribe,complaint}', event), events DESC;
