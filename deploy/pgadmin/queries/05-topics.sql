-- Which topics are opened most, within each type? (ranked by the lower bound, so that a small topic with a lucky rate does not come first)
SELECT message_type, topic, campaigns, is_mature, sent, open_rate, open_rate_low, open_rate_high, click_rate, purchase_rate
FROM mart.topic_rates
ORDER BY message_type, open_rate_low DESC NULLS LAST;
