-- Are messages opened more often on a holiday than on regular days? Holidays of the last days of the data are incomplete.
SELECT message_type, date, holiday, is_doubtful, sent, open_rate, open_rate_low, open_rate_high, open_rate_lift, click_rate_lift,
       purchase_rate_lift
FROM mart.holiday_effect
WHERE is_right_censored IS NOT TRUE
ORDER BY message_type, date NULLS FIRST;
