-- How do rates change along a series of triggers? (where the intervals from low to high overlap, chance may explain it)
SELECT topic, position, campaigns, is_mature, sent, open_rate, open_rate_low, open_rate_high, click_rate, purchase_rate
FROM mart.trigger_sequence
ORDER BY topic, position;
