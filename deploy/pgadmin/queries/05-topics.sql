-- Which topics perform best, within each type?
SELECT message_type, topic, campaigns, sent, open_rate, click_rate, purchase_rate
FROM mart.topic_rates
ORDER BY message_type, sent DESC;
