-- Which campaigns of at least 1,000 messages were opened most?
SELECT campaign_id, campaign_type, topic, sent, opened, open_rate, click_rate, purchase_rate
FROM mart.top_campaigns(by_rate => 'open_rate', least_sent => 1000, most => 20);
