-- Are messages of holidays opened more than those of regular days?
SELECT message_type, holiday, days, sent_per_day, open_rate, open_rate_lift, click_rate_lift, purchase_rate_lift
FROM mart.holiday_effect
ORDER BY message_type, is_holiday, open_rate_lift DESC;
