-- How do bulk, trigger and transactional messages perform in each channel?
SELECT message_type, channel, sent, opened, open_rate, clicked, click_rate, purchased, purchase_rate
FROM mart.type_channel_rates
ORDER BY message_type, sent DESC;
