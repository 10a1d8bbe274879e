-- How did one campaign perform from day to day, in each channel?
SELECT date, is_right_censored, is_purchase_right_censored, channel, sent, delivered, opened, open_rate, click_rate, purchase_rate
FROM mart.campaign_daily
WHERE campaign_id = 64 AND campaign_type = 'bulk'
ORDER BY date, channel;
