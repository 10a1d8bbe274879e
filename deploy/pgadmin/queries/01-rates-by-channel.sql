-- How often are the messages of each channel opened, clicked or bought from, of those sent and of those delivered?
SELECT channel, sent, delivered, open_rate, open_rate_delivered, click_rate, click_rate_delivered, click_to_open_rate, unsubscribe_rate, bounce_rate, purchase_rate, purchase_rate_delivered
FROM mart.channel_rates
ORDER BY sent DESC;
