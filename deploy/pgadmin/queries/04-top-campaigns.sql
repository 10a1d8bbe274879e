-- Which campaigns have the highest open rate? (at least 1,000 messages; worst_first => true for the lowest)
SELECT campaign_id, campaign_type, topic, is_mature, sent, opened, open_rate, open_rate_low, open_rate_high, click_rate, purchase_rate
FROM mart.top_campaigns(by_rate => 'open_rate', least_sent => 1000, most => 20, worst_first => false, first_day => '-infinity', last_day => 'infinity');
