-- Which features of a subject line go with more opens, within each type? (a difference counts if the intervals from low to high do not overlap)
SELECT campaign_type, feature, value, campaigns, is_mature, sent, open_rate, open_rate_low, open_rate_high, click_to_open_rate
FROM mart.subject_features
ORDER BY campaign_type, feature, value;
