-- How do volume and rates change from day to day, and over seven days? (rates of right-censored days are still rising)
SELECT date, is_right_censored, is_purchase_right_censored, sent, open_rate, click_rate, purchase_rate, sent_7d, open_rate_7d, click_rate_7d, purchase_rate_7d
FROM mart.daily_rates
ORDER BY date DESC;
