-- How often are the messages of each channel opened, clicked or bought from?
SELECT channel, sent, open_rate, click_rate, click_to_open_rate, unsubscribe_rate, bounce_rate, purchase_rate
FROM mart.channel_rates
ORDER BY sent DESC;
