-- How do bulk, trigger and transactional messages perform in each channel, of those sent and of those delivered?
SELECT message_type, channel, sent, delivered, opened, open_rate, open_rate_delivered, clicked, click_rate, click_rate_delivered, purchased, purchase_rate, purchase_rate_delivered
FROM mart.type_channel_rates
ORDER BY message_type, sent DESC;
