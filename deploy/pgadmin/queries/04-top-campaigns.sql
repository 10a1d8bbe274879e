-- Which campaigns have the highest open rate? (campaigns of at least 1,000 messages)
SELECT campaign_id, campaign_type, topic, sent, opened, open_rate, click_rate, purchase_rate
FROM mart.top_campaigns(by_rate => 'open_rate', least_sent => 1000, most => 20);
