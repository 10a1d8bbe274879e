-- How did the newest seven days whose opens and clicks have arrived do, compared with the seven days before, by channel and type?
-- Differences are in points. Believe one only if it is clear and both periods are mature; of twenty, one is clear by chance.
SELECT dimension, value, first_day, last_day, before_sent, sent,
       before_open_rate_delivered, open_rate_delivered, round(100 * open_rate_delivered_difference, 2) AS open_points,
       open_rate_delivered_is_clear, before_click_rate_delivered, click_rate_delivered,
       round(100 * click_rate_delivered_difference, 2) AS click_points, click_rate_delivered_is_clear, before_is_mature, is_mature
FROM mart.period_comparison()
ORDER BY dimension, sent DESC, value;
