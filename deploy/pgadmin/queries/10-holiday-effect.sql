-- Are messages opened more often on holidays than on regular days?
SELECT message_type, holiday, days, sent_per_day, open_rate, open_rate_lift, click_rate_lift, purchase_rate_lift
FROM mart.holiday_effect
ORDER BY message_type, is_holiday, open_rate_lift DESC;
